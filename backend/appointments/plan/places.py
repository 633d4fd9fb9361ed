"""Slots with their offices, which do not change: each process keeps them for a minute."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.appointments.memory import Memory
from backend.appointments.plan.slots import CITY_TIME
from backend.appointments.refusals import SlotNotFound
from config.database import connection
from models import UnitLevel

_SLOT = """
SELECT s.id, s.starts_at, s.ends_at, o.id AS office_id, o.name, o.address, o.phone,
       u.code AS unit_code, u.name AS unit_name, u.level AS unit_level,
       u.department_id AS department_code
FROM slot s
JOIN office o ON o.id = s.office_id
JOIN org_unit u ON u.code = o.unit_id
WHERE s.id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office and the unit that runs it; `department_code` only where that is a department."""

    id: UUID
    name: str
    address: str
    phone: str
    unit_code: str
    unit_name: str
    unit_level: UnitLevel
    department_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A slot as a place and a time; how many are free is only true in the database."""

    slot_id: UUID
    starts_at: datetime
    ends_at: datetime
    office: Office

    @property
    def day(self) -> date:
        """The slot's day in the city."""
        return self.starts_at.astimezone(CITY_TIME).date()


def office_of(row: dict[str, Any]) -> Office:
    """The office of a row with `_SLOT`'s columns."""
    return Office(
        id=UUID(int=row["office_id"].int),
        name=row["name"],
        address=row["address"],
        phone=row["phone"],
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        unit_level=UnitLevel(row["unit_level"]),
        department_code=row["department_code"],
    )


async def _load_seat(slot_id: UUID) -> Seat:
    rows = await connection().execute_query_dict(_SLOT, [slot_id])
    if not rows:
        raise SlotNotFound
    row = rows[0]
    return Seat(
        slot_id=slot_id,
        starts_at=row["starts_at"].astimezone(CITY_TIME),
        ends_at=row["ends_at"].astimezone(CITY_TIME),
        office=office_of(row),
    )


_seats: Memory[UUID, Seat] = Memory(_load_seat)


async def seat(slot_id: UUID) -> Seat:
    """The slot's time and office; SlotNotFound."""
    return await _seats.get(slot_id)
