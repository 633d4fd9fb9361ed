"""A filled database of the release before is brought to this one with all that is in it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from backend.audit import chain
from backend.consistency import audit
from config import database, migration
from config.redis import redis
from models.migrations import RELEASES
from tests import stage
from tests.backend.consistency import scene
from tests.models import release, shape
from tests.stage import Databases, Kind

BEFORE = RELEASES[-1]
# The bytes of files are no migration's business, and are not kept.
BYTES = {"file_has_bytes", "file_has_its_size", "bytes_have_file"}
CHECKS = [check for check in audit.checks() if check.name not in BYTES]


class Upgraded:
    """The database, and how many rows it had."""

    def __init__(self, connection: Any, before: dict[str, int]) -> None:
        self.connection = connection
        self.before = before

    async def wrong(self) -> set[str]:
        """The tables with other counts, and the checks of the audit that fail."""
        after = await release.counts(self.connection)
        async with self.connection.transaction():
            findings = audit.broken(await audit.on(self.connection, CHECKS))
        return {table for table, count in self.before.items() if after.get(table) != count} | {
            finding.check.name for finding in findings
        }


@pytest.fixture(scope="module")
async def upgraded(databases: Databases) -> AsyncIterator[Upgraded]:
    if not release.kept(BEFORE).exists():
        await databases.use(Kind.CITY)
        await redis().flushdb()
        await scene.play()
        async with stage.owner() as owner:
            await release.keep(owner, BEFORE)
        pytest.fail(f"{release.kept(BEFORE)} was missing and is written: look at it, and keep it")
    async with stage.scratch_database("upgraded") as url:
        await release.fill(url, BEFORE)
        connection = await database.single(url)
        before = await release.counts(connection)
        await migration.migrate(url, applied=lambda _name: None)
        yield Upgraded(connection, before)
        await connection.close()


async def test_nothing_is_lost_and_all_is_sound(upgraded: Upgraded) -> None:
    assert all(upgraded.before.values()), upgraded.before
    assert await upgraded.wrong() == set()


async def test_the_access_log_is_whole(upgraded: Upgraded) -> None:
    assert (await chain.check(upgraded.connection)).fault is None


async def test_the_tables_are_those_of_the_models(upgraded: Upgraded) -> None:
    async with stage.scratch_database("modelled") as url:
        said = await shape.of_models(url)
    found = await shape.of(upgraded.connection)

    assert found.columns == said.columns
    assert found.indexes >= said.indexes


@pytest.mark.parametrize(
    ("lossy", "noticed"),
    [
        ("DELETE FROM message_read", "message_read"),
        ("DROP TABLE query_try", "query_try"),
        ("UPDATE case_form SET form_sealed = 'x'", "form_unseals"),
        ("UPDATE seat SET slot_id = uuidv7()", "seats_counted"),
        ("UPDATE item_version SET notice_days = 6", "version_frozen"),
    ],
)
async def test_a_migration_that_loses_or_breaks_rows_is_noticed(
    upgraded: Upgraded, lossy: str, noticed: str
) -> None:
    transaction = upgraded.connection.transaction()
    await transaction.start()
    try:
        await upgraded.connection.execute("SET LOCAL session_replication_role = replica")
        await upgraded.connection.execute(lossy)
        assert noticed in await upgraded.wrong()
    finally:
        await transaction.rollback()
