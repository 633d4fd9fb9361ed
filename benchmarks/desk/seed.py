"""What staff look for beside the cases: ID numbers, forms that are read, a rare status."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from backend.cases.record import forms
from benchmarks import ids, seed
from benchmarks.ids import Kind
from benchmarks.seed import Clerk, Size
from config import database, vault

READ = 200
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PERSONS = """
UPDATE person SET id_number_hash = given.hash
FROM unnest($1::uuid[], $2::varchar[]) AS given(id, hash) WHERE person.id = given.id
"""
_READ = f"""
SELECT c.id AS case_id, f.id AS form_id FROM "case" c JOIN case_form f ON f.case_id = c.id
JOIN item_version v ON v.id = c.item_version_id AND v.flow = 'approval'
WHERE c.community_id = '{seed.ELSEWHERE}' AND c.status = 'approved' ORDER BY c.id LIMIT {READ}
"""
_FORM = "UPDATE case_form SET form_sealed = $2 WHERE id = $1"
_RARE = """
UPDATE "case" SET status = 'withdrawn' WHERE status = 'approved' AND number LIKE '%777'
"""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Whose staff ask, and for what."""

    clerk: Clerk
    numbers: list[str]
    cases: list[UUID]


async def fill(url: str, application: str, cases: int) -> Sought:
    """A city with so many cases: of one unit 10,000 are open, some thousands of others."""
    each = cases // ids.APPLICANTS
    size = Size(each=each, open=min(20, each // 2), to_do=10_000)
    clerk = await seed.seed(url, application, size)
    single = await database.single(url)
    try:
        # History is never changed, which triggers see to.
        await single.execute("SET session_replication_role = replica")
        numbers = await _persons(single, size)
        rows = await single.fetch(_READ)
        for row in rows:
            await single.execute(_FORM, row["form_id"], forms.sealed({}, row["form_id"]))
        await single.execute(_RARE)
        await seed.analyse(single)
    finally:
        await single.close()
    return Sought(clerk=clerk, numbers=numbers, cases=[row["case_id"] for row in rows])


async def _persons(single: asyncpg.Connection, size: Size) -> list[str]:
    """The ID numbers, from now on, of the applicants whose cases that unit has."""
    people = [number for number in ids.applicants() if number % size.every == 0]
    numbers = [_id_number(place) for place in range(len(people))]
    hashes = [vault.blind("id_number", number) for number in numbers]
    await single.execute(_PERSONS, [ids.uuid(Kind.PERSON, one) for one in people], hashes)
    return numbers


def _id_number(place: int) -> str:
    born = date(1950, 1, 1) + timedelta(days=place)
    body = f"210102{born:%Y%m%d}001"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]
