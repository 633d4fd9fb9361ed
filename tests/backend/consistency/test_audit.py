import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from backend.consistency import audit
from backend.consistency.checks import Check
from config import database
from config.redis import redis
from config.settings import settings
from tests import stage
from tests.backend.cases.factories import ITEM
from tests.backend.consistency import scene
from tests.backend.consistency.faults import AT_A_WINDOW, DECIDED, FAULTS, MORE, WINDOW
from tests.stage import Databases, Kind

CHECKS = audit.checks(everything=True)
# Of the versions two are spoken of below; to hash the others for each fault is a third of the work.
UNUSED = f"DELETE FROM item_version WHERE item_id NOT IN ('{ITEM}', 'FW-TD-001')"


@dataclass
class Played:
    """The scene, once for all: each fault is undone."""

    connection: Any

    async def found(
        self, faults: str = "SELECT 1", wanted: Sequence[Check] = CHECKS
    ) -> list[audit.Finding]:
        """What the audit of everything finds once the faults are written, which is then undone."""
        transaction = self.connection.transaction()
        await transaction.start()
        try:
            await self.connection.execute(faults)
            return await audit.on(self.connection, wanted)
        finally:
            await transaction.rollback()


@pytest.fixture(scope="module")
async def played(databases: Databases) -> AsyncIterator[Played]:
    await databases.use(Kind.CITY)
    await redis().flushdb()
    await scene.play()
    url = database.credentials(stage.owner_url(f"{Kind.CITY}_{stage.WORKER}"))
    # A round has more statements than a connection keeps by itself: each would be planned anew.
    connection: Any = await asyncpg.connect(**url, statement_cache_size=2 * len(CHECKS))
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("SET LOCAL session_replication_role = replica")
    await connection.execute(UNUSED)
    yield Played(connection)
    await transaction.rollback()
    await connection.close()


async def test_what_the_operations_made_is_sound(played: Played) -> None:
    findings = await audit.run(settings().database_url, CHECKS)

    assert audit.broken(findings) == []
    assert {finding.check.name for finding in findings} == {*FAULTS, "bytes_have_file"}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_planted_fault_is_named_and_nothing_else(played: Played, name: str) -> None:
    wanted = [check for check in CHECKS if name == "file_reads" or check.name != "file_reads"]
    findings = await played.found(FAULTS[name], wanted)
    named = [finding.check.name for finding in audit.broken(findings)]

    assert named == [name]


@pytest.mark.parametrize(("name", "faults"), MORE)
async def test_each_part_of_a_sentence_is_looked_at(played: Played, name: str, faults: str) -> None:
    wanted = [check for check in CHECKS if check.name == name]

    assert audit.broken(await played.found(faults, wanted))


async def test_a_case_that_a_window_filed_for_a_person_is_sound(played: Played) -> None:
    assert audit.broken(await played.found(WINDOW)) == []


async def test_a_booking_at_a_window_for_who_has_no_account_is_sound(played: Played) -> None:
    assert audit.broken(await played.found(AT_A_WINDOW)) == []


async def test_what_staff_were_told_long_ago_is_not_missed(played: Played) -> None:
    wanted = [check for check in CHECKS if check.name == "message_to_unit"]
    long_ago = "created_at = created_at - interval '60 days'"
    forgotten = (
        f"UPDATE case_event SET {long_ago};"
        " DELETE FROM message WHERE kind = 'staff.pass';"
        # Entered since, with the day on which it happened.
        f" UPDATE message SET {long_ago} WHERE kind = 'staff.submit'"
    )

    assert audit.broken(await played.found(forgotten, wanted)) == []


async def test_old_bytes_that_belong_to_no_file_are_named(played: Played) -> None:
    lost = settings().var_dir / "files" / "aa" / "bb" / "lost"
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"x")
    os.utime(lost, (0, 0))

    try:
        (finding,) = audit.broken(await played.found())
    finally:
        lost.unlink()

    assert finding.check.name == "bytes_have_file"
    assert finding.faults.first == ("aa/bb/lost",)


async def test_a_promise_that_the_law_cuts_short_is_sound(played: Played) -> None:
    limits = await played.found(
        "UPDATE item_version SET promised_days = 30, promised_unit = 'working_day',"
        " statutory_days = 15, statutory_unit = 'calendar_day'"
        f' WHERE id = (SELECT item_version_id FROM "case" WHERE id = {DECIDED});'
        ' UPDATE "case" SET promised_due_at = due, statutory_due_at = due FROM (SELECT'
        " ((accepted_at AT TIME ZONE 'Asia/Shanghai')::date + 15 + time '23:59:59')"
        f" AT TIME ZONE 'Asia/Shanghai' AS due FROM \"case\" WHERE id = {DECIDED}) AS law"
        f" WHERE id = {DECIDED}",
        [check for check in CHECKS if check.name == "limits_recomputed"],
    )

    assert audit.broken(limits) == []
