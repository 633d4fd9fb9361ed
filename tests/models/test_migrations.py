"""The migrations make what the models say, and no more."""

from importlib import import_module
from pathlib import Path

from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.migrations.autodetector import MigrationAutodetector

from config import database
from models import migrations
from tests import stage
from tests.stage import Kind

FOLDER = Path(migrations.__file__ or "").parent
KEYS = (
    "SELECT format('%s.%s', c.conrelid::regclass, a.attname) AS name FROM pg_constraint c"
    " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
    " WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace"
)


async def test_no_field_waits_for_a_migration() -> None:
    config = database.tortoise(stage.database_url(f"{Kind.EMPTY}_{stage.WORKER}"), pool=1)
    async with TortoiseContext() as context:
        await context.init(config=config)
        assert context.apps is not None

        missing = await MigrationAutodetector(context.apps, config["apps"]).changes()

    assert [operation for writer in missing for operation in writer.operations] == []


def test_the_migrations_are_one_chain_in_the_order_of_their_numbers() -> None:
    names = sorted(each.stem for each in FOLDER.glob("0*.py"))

    for number, (name, before) in enumerate(zip(names[1:], names, strict=False), 2):
        assert name.startswith(f"{number:04}_")
        assert import_module(f"models.migrations.{name}").Migration.dependencies == [
            ("models", before)
        ]


async def test_the_database_checks_the_keys_that_the_models_call_checked(database: None) -> None:
    async with stage.owner() as owner:
        found = {row["name"].replace('"', "") for row in await owner.fetch(KEYS)}
    assert Tortoise.apps is not None

    said = {
        f"{model._meta.db_table}.{field.source_field}"  # noqa: SLF001 - Tortoise's own name for it
        for model in Tortoise.apps["models"].values()
        for field in model._meta.fields_map.values()  # noqa: SLF001
        if isinstance(field, ForeignKeyFieldInstance) and field.db_constraint
    }

    assert found == said
