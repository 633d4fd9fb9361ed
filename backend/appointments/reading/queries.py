"""Reading offices, slots and appointments; every name says whose."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.appointments.plan import services
from backend.appointments.plan.slots import day_bounds
from backend.appointments.reading import hours, statements
from backend.appointments.record.places import Office, office_of
from backend.appointments.record.snapshot import Snapshot, from_row
from backend.appointments.rules.refusals import AppointmentNotFound, OfficeNotFound
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion
from backend.mandates.acting import Behalf
from backend.refusals import CommunityUnknown
from config.clock import city_day
from config.database import connection
from models import AppointmentStatus


@dataclass(frozen=True, slots=True)
class OpenOffice:
    """An office, its opening hours in words, and what it serves of what was asked for.

    `minutes` is the length of its slots. `distance_m` is from where it was asked, or else from
    the community; None where either is not known.
    """

    office: Office
    hours: str
    distance_m: int | None
    minutes: int | None
    serving: Sequence[ItemVersion]


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
    code: str
    unit_code: str
    name: str
    active: bool
    closed_on: tuple[date, ...]


async def offices(
    *,
    item_code: str | None = None,
    community_code: str | None = None,
    near: tuple[float, float] | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[OpenOffice]:
    """The open offices that serve the item and are the community's own or above it, nearest first.

    Near a place (degrees north, east) by metres, those without coordinates last; else from the
    community upwards, and of equal ones the nearest. `after` is the last office already shown.
    Raises ItemNotFound and CommunityUnknown.
    """
    item = await catalogue.one(item_code) if item_code is not None else None
    chain, home = await _home(community_code) if community_code is not None else (None, None)
    lat, lng = near or home or (None, None)
    parameters = [
        chain,
        item and sorted(item.offices_at),
        item and item.department_code,
        item and item.code,
        lat,
        lng,
        near is not None,
        after,
        limit,
    ]
    rows = await connection().execute_query_dict(statements.OFFICES, parameters)
    asked = [item] if item else await _bookable()
    return [_open_office(row, asked) for row in rows]


async def _bookable() -> list[ItemVersion]:
    return [item for item in (await catalogue.published()).values() if item.appointment]


def _open_office(row: dict[str, Any], asked: Sequence[ItemVersion]) -> OpenOffice:
    office = office_of(row)
    return OpenOffice(
        office,
        hours=_hours(row["spans"]),
        distance_m=row["distance_m"],
        minutes=row["minutes"],
        serving=services.at(office, asked),
    )


async def managed_offices(search: str | None = None, *, now: datetime) -> list[ManagedOffice]:
    """The offices by code: all, or those whose code begins with or whose name contains a text."""
    given = [search, city_day(now)]
    rows = await connection().execute_query_dict(statements.MANAGED_OFFICES, given)
    return [
        ManagedOffice(
            id=row["id"],
            code=row["code"],
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
    """An appointment of the account or of its person; AppointmentNotFound for anybody else's."""
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
    """The appointments of the account and of its person, last booked first."""
    rows = await connection().execute_query_dict(
        statements.LIST_OF_RESIDENT, [resident_id, before, status, limit]
    )
    return [from_row(row) for row in rows]


async def one_for(appointment_id: UUID, behalf: Behalf) -> Snapshot:
    """An appointment of the principal that the agent's mandate covers; AppointmentNotFound."""
    given = [appointment_id, behalf.principal_id, behalf.items]
    rows = await connection().execute_query_dict(statements.OF_PERSON, given)
    if not rows:
        raise AppointmentNotFound
    return from_row(rows[0])


async def list_for(
    behalf: Behalf,
    *,
    status: AppointmentStatus | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[Snapshot]:
    """The appointments of the principal that the agent's mandate covers, last booked first."""
    given = [behalf.principal_id, before, status, limit, behalf.items]
    rows = await connection().execute_query_dict(statements.LIST_OF_PERSON, given)
    return [from_row(row) for row in rows]


async def _home(community_code: str) -> tuple[list[str], tuple[float, float] | None]:
    """The codes of the community and of all above it, and where it lies, if that is known."""
    rows = await connection().execute_query_dict(statements.COMMUNITY, [community_code])
    if not rows:
        raise CommunityUnknown(field="community")
    path, lat, lng = (rows[0][name] for name in ("path", "lat", "lng"))
    return path.split("/"), None if lat is None or lng is None else (lat, lng)


def _hours(spans: str | None) -> str:
    return hours.text(
        (weekday, opens, closes) for weekday, opens, closes in json.loads(spans or "[]")
    )
