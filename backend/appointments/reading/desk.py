"""What staff read: the offices that their posts cover, a day of one, and one visit with its form.

Another unit's is not there for them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.appointments.plan.slots import day_bounds
from backend.appointments.reading import statements
from backend.appointments.record.places import Office, office_of
from backend.appointments.record.snapshot import Snapshot, from_row
from backend.appointments.rules.refusals import AppointmentNotFound, OfficeNotFound
from backend.cases.reading import scope
from backend.identity import profiles
from backend.identity.actors import StaffActor
from backend.identity.profiles import Masked
from config.database import connection
from models import UnitLevel


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment, and whose it is, masked."""

    appointment: Snapshot
    visitor: Masked


@dataclass(frozen=True, slots=True)
class Day:
    """An office and who has a seat there on a day, in order of time."""

    office: Office
    visits: list[Visit]


async def offices(by: StaffActor, *, after: str | None = None, limit: int) -> list[Office]:
    """The open offices that the posts cover by code; `after` is the last code already shown."""
    units, paths = _covered(by)
    rows = await connection().execute_query_dict(
        statements.OFFICES_OF_STAFF, [units, paths, after, limit]
    )
    return [office_of(row) for row in rows]


async def day(office_id: UUID, on: date, *, by: StaffActor) -> Day:
    """Who has a seat on the day: whoever cancelled has none. Raises OfficeNotFound."""
    found = await connection().execute_query_dict(statements.ANY_OFFICE, [office_id])
    office = office_of(found[0]) if found else None
    if office is None or not covers(by, office):
        raise OfficeNotFound
    given = [office_id, *day_bounds(on)]
    rows = await connection().execute_query_dict(statements.DAY_OF_OFFICE, given)
    return Day(office, await _visits(rows))


async def visit(appointment_id: UUID, *, by: StaffActor) -> Visit:
    """One appointment, also a cancelled one; AppointmentNotFound."""
    rows = await connection().execute_query_dict(statements.ONE, [appointment_id])
    if not rows or not covers(by, office_of(rows[0])):
        raise AppointmentNotFound
    return (await _visits(rows))[0]


async def ahead_of(person_id: UUID, *, now: datetime) -> list[Visit]:
    """What the person has still to come, at whichever office, the next one first."""
    given = [person_id, now]
    return await _visits(await connection().execute_query_dict(statements.AHEAD_OF_PERSON, given))


def covers(by: StaffActor, office: Office) -> bool:
    """Whether one of the posts is in the unit that runs the office, or in a division above it."""
    units, paths = _covered(by)
    return office.unit_code in units or any(
        office.unit_path.startswith(path + "/") for path in paths
    )


def _covered(by: StaffActor) -> tuple[list[str], list[str]]:
    """The units of the posts, and the paths of those that have others below."""
    posts = scope.reading(by)
    above = {post.path for post in posts if post.level is not UnitLevel.DEPARTMENT}
    return sorted({post.unit_code for post in posts}), sorted(above)


async def _visits(rows: list[dict[str, Any]]) -> list[Visit]:
    whose = [(row["resident_id"], row["person_id"]) for row in rows]
    known = await profiles.all_masked(whose)
    return [Visit(from_row(row), each) for row, each in zip(rows, known, strict=True)]
