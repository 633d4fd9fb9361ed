"""Reading offices, slots and appointments; every name says whose."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.appointments.plan import services
from backend.appointments.plan.slots import day_bounds
from backend.appointments.reading import hours, statements
from backend.appointments.record.places import Office, office_of
from backend.appointments.record.snapshot import Snapshot, from_row
from backend.appointments.rules.refusals import AppointmentNotFound, OfficeNotFound
from backend.catalogue import queries as catalogue
from backend.refusals import CommunityUnknown
from config.clock import city_day
from config.database import connection
from models import AppointmentStatus


@dataclass(frozen=True, slots=True)
class OpenOffice:
    """An office and its opening hours in words."""

    office: Office
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSlot:
    """A slot to choose; `available` seats were free when it was read."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    capacity: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedOffice:
    """An office as its keepers see it; `closed_on` are the days ahead on which it is closed."""

    id: UUID
    unit_code: str
    name: str
    active: bool
    closed_on: tuple[date, ...]


async def offices(
    *,
    item_code: str | None = None,
    community_code: str | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[OpenOffice]:
    """The open offices that serve the item and are the community's own or above it, nearest first.

    `after` is the last office already shown. Raises ItemNotFound and CommunityUnknown.
    """
    item = await catalogue.one(item_code) if item_code is not None else None
    parameters = [
        await _chain(community_code) if community_code is not None else None,
        sorted(services.levels(item)) if item else None,
        services.department(item) if item else None,
        after,
        limit,
    ]
    rows = await connection().execute_query_dict(statements.OFFICES, parameters)
    return [OpenOffice(office_of(row), _hours(row["spans"])) for row in rows]


async def managed_offices(search: str | None = None, *, now: datetime) -> list[ManagedOffice]:
    """The offices by unit: all, or those whose unit's code begins with or name contains a text."""
    given = [search, city_day(now)]
    rows = await connection().execute_query_dict(statements.MANAGED_OFFICES, given)
    return [
        ManagedOffice(
            id=row["id"],
            unit_code=row["unit_id"],
            name=row["name"],
            active=row["active"],
            closed_on=tuple(row["closed_on"] or ()),
        )
        for row in rows
    ]


async def slots_of_office(
    office_id: UUID, day: date, *, now: datetime, item_code: str | None = None
) -> list[OpenSlot]:
    """The office's slots of the day that have not begun, full ones included.

    Raises OfficeNotFound, ItemNotFound or ItemNotServed.
    """
    found = await connection().execute_query_dict(statements.OPEN_OFFICE, [office_id])
    if not found:
        raise OfficeNotFound
    if item_code is not None:
        services.check(await catalogue.one(item_code), office_of(found[0]), field="item")
    begun, ended = day_bounds(day)
    given = [office_id, max(begun, now), ended]
    rows = await connection().execute_query_dict(statements.SLOTS_OF_DAY, given)
    return [OpenSlot(**row) for row in rows]


async def one_of_resident(appointment_id: UUID, resident_id: UUID) -> Snapshot:
    """The resident's own appointment; AppointmentNotFound for anybody else's."""
    rows = await connection().execute_query_dict(
        statements.OF_RESIDENT, [appointment_id, resident_id]
    )
    if not rows:
        raise AppointmentNotFound
    return from_row(rows[0])


async def list_of_resident(
    resident_id: UUID,
    *,
    status: AppointmentStatus | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[Snapshot]:
    """The resident's appointments, last booked first."""
    rows = await connection().execute_query_dict(
        statements.LIST_OF_RESIDENT, [resident_id, before, status, limit]
    )
    return [from_row(row) for row in rows]


async def _chain(community_code: str) -> list[str]:
    """The codes of the community and of all above it."""
    rows = await connection().execute_query_dict(statements.COMMUNITY_PATH, [community_code])
    if not rows:
        raise CommunityUnknown(field="community")
    codes: list[str] = rows[0]["path"].split("/")
    return codes


def _hours(spans: str | None) -> str:
    return hours.text(
        (weekday, opens, closes) for weekday, opens, closes in json.loads(spans or "[]")
    )
