"""Between two operations of a migration, tables have the columns that they have just then."""

import pytest
from tortoise import fields
from tortoise.migrations.operations import AddField, CreateModel, RemoveField
from tortoise.migrations.schema_generator.state import State

from config.states import LazyState

OFFICE = CreateModel(
    name="Office", fields=[("id", fields.IntField(primary_key=True))], options={"app": "models"}
)
DESK = CreateModel(
    name="Desk",
    fields=[
        ("id", fields.IntField(primary_key=True)),
        ("office", fields.ForeignKeyField("models.Office", related_name="desks")),
    ],
    options={"app": "models"},
)
NAME = AddField(model_name="Office", name="name", field=fields.TextField())


def after(*operations: CreateModel | AddField | RemoveField) -> LazyState:
    state = LazyState({}, {"models": "default"})
    for operation in operations:
        operation.state_forward("models", state)
    return state


def columns(state: State, model: str) -> set[str]:
    return state.apps.get_model(f"models.{model}")._meta.db_fields  # noqa: SLF001 - its own name


def test_an_operation_sees_the_table_before_it_and_after_it() -> None:
    old = after(OFFICE, DESK)
    new = old.clone()
    NAME.state_forward("models", new)

    assert columns(old, "Office") == {"id"}
    assert columns(new, "Office") == {"id", "name"}
    RemoveField(model_name="Office", name="name").state_forward("models", new)
    assert columns(new, "Office") == {"id"}


def test_a_table_knows_those_that_it_refers_to() -> None:
    desk = after(OFFICE, NAME, DESK).apps.get_model("models", "Desk")

    office = desk._meta.fields_map["office"].related_model  # type: ignore[attr-defined]  # noqa: SLF001
    assert columns(after(DESK, OFFICE), "Desk") == {"id", "office_id"}
    assert office._meta.db_fields == {"id", "name"}  # noqa: SLF001


def test_a_table_that_refers_to_none_of_the_others_is_refused() -> None:
    after(DESK, OFFICE).validate_relations_initialized()

    with pytest.raises(LookupError, match=r"models\.Office"):
        after(DESK).validate_relations_initialized()
