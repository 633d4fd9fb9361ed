"""Slots with their offices, which rarely change: each process keeps them for a minute."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from backend.appointments.record import statements
from backend.appointments.record.cache import Cache
from backend.appointments.rules.refusals import SlotNotFound
from config.clock import CITY_TIME, city_day
from config.database import connection
from models import UnitLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office and the unit that runs it; `department_code` only where that is a department.

    `items` are all that it serves, or None where it serves what offices of its kind do.
    """

    id: UUID
    code: str
    name: str
    address: str
    phone: str
    lat: float | None
    lng: float | None
    items: frozenset[str] | None
    unit_code: str
    unit_name: str
    unit_level: UnitLevel
    unit_path: str
    department_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot as a place and a time; how many are free is only true in the database."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    office: Office

    @property
    def day(self) -> date:
        """The slot's day in the city."""
        return city_day(self.starts_at)


def office_of(row: dict[str, Any]) -> Office:
    """The office of a row with the columns `statements.OFFICE`."""
    return Office(
        id=row["office_id"],
        code=row["office_code"],
        name=row["name"],
        address=row["address"],
        phone=row["phone"],
        lat=row["lat"],
        lng=row["lng"],
        items=None if row["items"] is None else frozenset(orjson.loads(row["items"])),
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        unit_level=UnitLevel(row["unit_level"]),
        unit_path=row["unit_path"],
        department_code=row["department_code"],
    )


async def _load_slot(slot_id: UUID) -> Slot:
    rows = await connection().execute_query_dict(statements.SLOT, [slot_id])
    if not rows:
        raise SlotNotFound
    row = rows[0]
    return Slot(
        id=slot_id,
        starts_at=row["starts_at"].astimezone(CITY_TIME),
        ends_at=row["ends_at"].astimezone(CITY_TIME),
        office=office_of(row),
    )


_slots: Cache[UUID, Slot] = Cache(_load_slot)


async def slot(slot_id: UUID) -> Slot:
    """The slot's time and office; SlotNotFound."""
    return await _slots.get(slot_id)
