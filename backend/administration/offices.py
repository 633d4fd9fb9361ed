"""The offices of an administrator's subtree, and the days on which they are closed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.administration import rights, statements
from backend.administration.refusals import ClosureDayRefused, ClosureNotFound
from backend.appointments.acts import closures
from backend.appointments.reading import queries
from backend.appointments.reading.queries import ManagedOffice
from backend.appointments.record.snapshot import Snapshot
from backend.appointments.rules.refusals import OfficeNotFound
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from config.clock import city_day
from config.database import connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A day on which an office is closed, why, and since when that is known."""

    day: date
    reason: str
    closed_at: datetime


async def managed(by: StaffActor, search: str | None, *, now: datetime) -> list[ManagedOffice]:
    """The offices of the subtree by unit, all or those that the text names."""
    paths = rights.administering(by.posts)
    found = await queries.managed_offices(search, now=now)
    mine = [
        office
        for office in found
        if rights.within(organisation.known_or_not(office.unit_code).path, paths)
    ]
    return sorted(mine, key=lambda office: (office.unit_code, office.id.hex))


async def closed(by: StaffActor, office_id: UUID, *, now: datetime) -> list[Closure]:
    """The days from today on; OfficeNotFound for an office of no unit of the subtree."""
    await _check(by, office_id, now)
    given = [office_id, city_day(now)]
    rows = await connection().execute_query_dict(statements.CLOSURES, given)
    return [Closure(**row) for row in rows]


async def hit(by: StaffActor, office_id: UUID, day: date, *, now: datetime) -> list[Snapshot]:
    """The appointments that closing the office on this day would cancel, in order of time.

    Raises OfficeNotFound or ClosureDayRefused.
    """
    await _check(by, office_id, now)
    _check_day(day, now)
    return await closures.touched(office_id, day, now=now)


async def close(by: StaffActor, office_id: UUID, day: date, *, reason: str, now: datetime) -> int:
    """Close the office on this day as `yikou office close` does; how many were cancelled.

    Raises OfficeNotFound or ClosureDayRefused.
    """
    await _check(by, office_id, now)
    _check_day(day, now)
    return await closures.close(office_id, day, reason=reason, by=by.acting, now=now)


async def reopen(by: StaffActor, office_id: UUID, day: date, *, now: datetime) -> int:
    """Undo it for new bookings; how many seats are free. OfficeNotFound or ClosureNotFound."""
    await _check(by, office_id, now)
    if day < city_day(now):
        raise ClosureNotFound
    seats = await closures.reopen(office_id, day, by=by.acting, now=now)
    if seats is None:
        raise ClosureNotFound
    return seats


async def _check(by: StaffActor, office_id: UUID, now: datetime) -> None:
    if not any(office.id == office_id for office in await managed(by, None, now=now)):
        raise OfficeNotFound


def _check_day(day: date, now: datetime) -> None:
    today = city_day(now)
    if not today <= day <= today + timedelta(days=closures.DAYS_MAX):
        raise ClosureDayRefused
