"""An appointment with its slot, office and item, as it was read or written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.appointments.record.places import Slot, office_of
from backend.identity import persons
from config import encoding
from config.clock import CITY_TIME
from config.vault import sealed
from models import AppointmentStatus
from notifications.telling import messages
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import Applicant, Resident
from notifications.telling.wordings import Instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One version of an appointment; `item_code` is None for business without an item.

    `resident_id` is the account that booked, None where a window or an agent did for the person.
    `form` is what was filled in for an item of the flow booking, else None.
    """

    id: UUID
    resident_id: UUID | None
    number: str
    status: AppointmentStatus
    slot: Slot
    item_code: str | None
    item_name: str | None
    case_id: UUID | None
    check_in_code: str
    cancel_reason: str | None
    created_at: datetime
    version: int
    form: dict[str, Any] | None = None
    person_id: UUID | None = None


def from_row(row: dict[str, Any]) -> Snapshot:
    """The snapshot of a row of `statements.APPOINTMENT`."""
    slot = Slot(
        id=row["slot_id"],
        starts_at=row["starts_at"].astimezone(CITY_TIME),
        ends_at=row["ends_at"].astimezone(CITY_TIME),
        office=office_of(row),
    )
    return Snapshot(
        id=row["id"],
        resident_id=row["resident_id"],
        number=row["number"],
        status=AppointmentStatus(row["status"]),
        slot=slot,
        item_code=row["item_id"],
        item_name=row["item_name"],
        case_id=row["case_id"],
        check_in_code=row["check_in_code"],
        cancel_reason=sealed.unseal(
            "appointment_event", row["event_id"], column="reason", stored=row["reason_sealed"]
        ),
        created_at=row["created_at"].astimezone(CITY_TIME),
        version=row["version"],
        form=_form(row["id"], row["form_sealed"]),
        person_id=row["person_id"],
    )


def _form(appointment_id: UUID, stored: bytes | None) -> dict[str, Any] | None:
    """The form in clear; an empty one is a form as well."""
    if stored is None:
        return None
    form: dict[str, Any] = sealed.unseal_json(
        "appointment", appointment_id, column="form", stored=stored
    )
    return form


def sealed_form(appointment: Snapshot) -> bytes | None:
    """The form as the row keeps it; an empty one as well."""
    if appointment.form is None:
        return None
    text = encoding.dumps(appointment.form).decode()
    return sealed.seal("appointment", appointment.id, column="form", text=text)


def sealed_reason(event_id: UUID, reason: str | None) -> bytes | None:
    """Why it was cancelled, as the event with this id keeps it."""
    if reason is None:
        return None
    return sealed.seal("appointment_event", event_id, column="reason", text=reason)


async def messages_of(
    action: str,
    appointment: Snapshot,
    *,
    at: datetime,
    by_agent: bool = False,
    window: str = "",
) -> list[Outgoing]:
    """What is told of `action` (book, reschedule, cancel, close) at this moment.

    It goes to the account that booked, also where another account of the person acts; where a
    window or an agent booked, to the person, in all their accounts. What an agent did has other
    words, and what was done at a window, of this name.
    """
    instead = Instead.AGENT if by_agent else Instead.WINDOW if window else None
    return [
        messages.appointment_message(
            instead.of(action) if instead else action,
            to=to,
            appointment_id=appointment.id,
            number=appointment.number,
            at=at,
            item_name=appointment.item_name,
            office_name=appointment.slot.office.name,
            starts_at=appointment.slot.starts_at,
            case_id=appointment.case_id,
            window=window,
        )
        for to in await _told(appointment)
    ]


async def _told(appointment: Snapshot) -> list[Applicant]:
    if appointment.resident_id is not None:
        return [Resident(appointment.resident_id)]
    return await persons.inboxes(appointment.person_id) if appointment.person_id else []
