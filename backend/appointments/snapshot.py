"""An appointment with its slot, office and item, as it was read or written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.appointments.plan.places import Seat, office_of
from backend.appointments.plan.slots import CITY_TIME
from config.vault import sealed
from models import AppointmentStatus
from notifications.telling import words
from notifications.telling.outbox import Outgoing

# The item's name is that of its published version, else of its last.
SELECT = """
SELECT a.id, a.number, a.status, a.case_id, a.check_in_code, a.cancel_reason_sealed, a.created_at,
       a.version, a.day, a.resident_id, a.item_id, v.name AS item_name,
       s.id AS slot_id, s.starts_at, s.ends_at, o.id AS office_id, o.name, o.address, o.phone,
       u.code AS unit_code, u.name AS unit_name, u.level AS unit_level,
       u.department_id AS department_code
FROM appointment a
JOIN slot s ON s.id = a.slot_id
JOIN office o ON o.id = a.office_id
JOIN org_unit u ON u.code = o.unit_id
LEFT JOIN LATERAL (
    SELECT name FROM item_version WHERE item_id = a.item_id
    ORDER BY status = 'published' DESC, version DESC LIMIT 1
) v ON true
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One version of an appointment; `item_code` is None for business without an item."""

    id: UUID
    resident_id: UUID
    number: str
    status: AppointmentStatus
    seat: Seat
    item_code: str | None
    item_name: str | None
    case_id: UUID | None
    check_in_code: str
    cancel_reason: str | None
    created_at: datetime
    version: int


def from_row(row: dict[str, Any]) -> Snapshot:
    """The snapshot of a row of SELECT."""
    seat = Seat(
        slot_id=UUID(int=row["slot_id"].int),
        starts_at=row["starts_at"].astimezone(CITY_TIME),
        ends_at=row["ends_at"].astimezone(CITY_TIME),
        office=office_of(row),
    )
    return Snapshot(
        id=UUID(int=row["id"].int),
        resident_id=UUID(int=row["resident_id"].int),
        number=row["number"],
        status=AppointmentStatus(row["status"]),
        seat=seat,
        item_code=row["item_id"],
        item_name=row["item_name"],
        case_id=UUID(int=row["case_id"].int) if row["case_id"] else None,
        check_in_code=row["check_in_code"],
        cancel_reason=sealed.unseal(
            "appointment",
            row["id"],
            column="cancel_reason",
            stored=row["cancel_reason_sealed"],
        ),
        created_at=row["created_at"].astimezone(CITY_TIME),
        version=row["version"],
    )


def sealed_reason(appointment_id: UUID, reason: str | None) -> bytes | None:
    """Why it was cancelled, as the row keeps it."""
    if reason is None:
        return None
    return sealed.seal("appointment", appointment_id, column="cancel_reason", text=reason)


def message(action: str, appointment: Snapshot) -> Outgoing:
    """What the resident is told after `action` (book, reschedule, cancel)."""
    return words.appointment_message(
        action,
        resident_id=appointment.resident_id,
        appointment_id=appointment.id,
        number=appointment.number,
        item_name=appointment.item_name,
        office_name=appointment.seat.office.name,
        starts_at=appointment.seat.starts_at,
        case_id=appointment.case_id,
    )
