"""Reading offices, slots and appointments; every name says whose."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.appointments.plan import hours, serving
from backend.appointments.plan.places import Office, office_of
from backend.appointments.plan.slots import day_bounds
from backend.appointments.refusals import AppointmentNotFound, OfficeNotFound
from backend.appointments.snapshot import SELECT, Snapshot, from_row
from backend.catalogue import queries as catalogue
from backend.refusals import CommunityUnknown
from config.database import connection
from models import AppointmentStatus

# By code backwards a community's office comes before its street's, the district's and the city's.
_OFFICES = """
SELECT o.id AS office_id, o.name, o.address, o.phone, u.code AS unit_code, u.name AS unit_name,
       u.level AS unit_level, u.department_id AS department_code, h.spans
FROM office o
JOIN org_unit u ON u.code = o.unit_id
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(
               weekday, left((opens AT TIME ZONE 'Asia/Shanghai')::text, 5),
               left((closes AT TIME ZONE 'Asia/Shanghai')::text, 5))) AS spans
    FROM opening_hours WHERE office_id = o.id
) h ON true
WHERE o.active
  AND ($1::varchar[] IS NULL OR u.code = ANY($1)
       OR u.level = 'department' AND u.parent_id = ANY($1))
  AND ($2::varchar[] IS NULL OR u.level = ANY($2) OR u.department_id = $3)
  AND ($4::uuid IS NULL OR (o.unit_id COLLATE "C", o.id) <
       (SELECT unit_id, id FROM office WHERE id = $4))
ORDER BY o.unit_id COLLATE "C" DESC, o.id DESC
LIMIT $5
"""
_COMMUNITY = "SELECT path FROM org_unit WHERE code = $1 AND level = 'community'"
_OFFICE = """
SELECT o.id AS office_id, o.name, o.address, o.phone, u.code AS unit_code, u.name AS unit_name,
       u.level AS unit_level, u.department_id AS department_code
FROM office o JOIN org_unit u ON u.code = o.unit_id
WHERE o.id = $1 AND o.active
"""
_SLOTS = """
SELECT id, starts_at, ends_at, capacity, capacity - booked AS available FROM slot
WHERE office_id = $1 AND starts_at >= greatest($2, now()) AND starts_at < $3
  AND capacity > 0
ORDER BY starts_at
"""
_ONE = f"{SELECT} WHERE a.id = $1 AND a.resident_id = $2"
_LIST = f"""{SELECT}
WHERE a.resident_id = $1 AND ($2::uuid IS NULL OR a.id < $2)
  AND ($3::varchar IS NULL OR a.status = $3)
ORDER BY a.id DESC LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class OpenOffice:
    """An office and its opening hours in words."""

    office: Office
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot to choose; `available` seats were free when it was read."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    capacity: int
    available: int


async def offices(
    *,
    item_code: str | None = None,
    community_code: str | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[OpenOffice]:
    """The open offices that serve the item and are the community's own or above it, nearest first.

    `after` is the last office already shown. Raises ItemNotFound and
    CommunityUnknown.
    """
    item = await catalogue.one(item_code) if item_code is not None else None
    parameters = [
        await _chain(community_code) if community_code is not None else None,
        sorted(serving.levels(item)) if item else None,
        serving.department(item) if item else None,
        after,
        limit,
    ]
    rows = await connection().execute_query_dict(_OFFICES, parameters)
    return [OpenOffice(office_of(row), _hours(row["spans"])) for row in rows]


async def slots_of_office(
    office_id: UUID, day: date, *, item_code: str | None = None
) -> list[Slot]:
    """The office's slots of the day that have not begun, full ones included.

    Raises OfficeNotFound, ItemNotFound or ItemNotServed.
    """
    found = await connection().execute_query_dict(_OFFICE, [office_id])
    if not found:
        raise OfficeNotFound
    if item_code is not None:
        serving.check(await catalogue.one(item_code), office_of(found[0]), field="item")
    rows = await connection().execute_query_dict(_SLOTS, [office_id, *day_bounds(day)])
    return [Slot(**row | {"id": UUID(int=row["id"].int)}) for row in rows]


async def one_of_resident(appointment_id: UUID, resident_id: UUID) -> Snapshot:
    """The resident's own appointment; AppointmentNotFound for anybody else's."""
    rows = await connection().execute_query_dict(_ONE, [appointment_id, resident_id])
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
    rows = await connection().execute_query_dict(_LIST, [resident_id, before, status, limit])
    return [from_row(row) for row in rows]


async def _chain(community_code: str) -> list[str]:
    """The codes of the community and of all above it."""
    rows = await connection().execute_query_dict(_COMMUNITY, [community_code])
    if not rows:
        raise CommunityUnknown(field="community")
    codes: list[str] = rows[0]["path"].split("/")
    return codes


def _hours(spans: str | None) -> str:
    return hours.text(
        (weekday, opens, closes) for weekday, opens, closes in json.loads(spans or "[]")
    )
