"""One open case, and one visit a day, of a person: who that is, and what was filed twice before."""

from importlib import import_module

import pytest

from models import uuid7
from tests.models.rows import written
from tests.models.test_uniques import CASE, ONE, TWO, VISIT

pytestmark = pytest.mark.usefixtures("database")


async def test_of_nobody_s_account_the_person_is_the_one_and_of_no_person_the_account() -> None:
    async with written() as rows:
        for table, row, index in (
            ("case", CASE, "case_one_open"),
            ("appointment", VISIT, "appointment_once_a_day"),
        ):
            person = "subject_id" if table == "case" else "person_id"
            alone = row | {"resident_id": ONE, person: None}
            assert await rows.refused(table, **alone) == ""
            assert await rows.refused(table, **alone) == index
            assert await rows.refused(table, **alone | {"resident_id": TWO}) == ""
            # Somebody's number and somebody else's account may be alike by no chance.
            assert await rows.refused(table, **row | {"resident_id": None, person: ONE}) == index


async def test_what_was_filed_twice_before_goes_on_and_what_has_ended_stays_as_it_was() -> None:
    """As the migration that made the index of every open state does it."""
    made = import_module("models.migrations.0050_one_open_of_every_state").Migration
    apart, *_ = made.operations[0].sql
    again = CASE | {"status": "dispatched"}
    cases = [again, again, again | {"status": "closed"}, CASE, again | {"item_id": "x"}]
    ids = [uuid7() for _ in cases]
    async with written() as rows:
        await rows.owner.execute("DROP INDEX case_one_open")
        for key, row in zip(ids, cases, strict=True):
            await rows.put("case", id=key, **row)
        await rows.owner.execute(apart)
        found = await rows.owner.fetch('SELECT object_key FROM "case" ORDER BY id')
    assert [row["object_key"] for row in found] == ["x", str(ids[1]), "x", str(ids[3]), "x"]
