"""An appointment as staff of its office see it: who comes masked, and no code of theirs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from backend.appointments.reading.desk import Day, Visit
from backend.appointments.rules import texts
from backend.catalogue import forms
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion
from backend.http.views.appointments import (
    BookedItemView,
    BookedSlotView,
    OfficeView,
    booked_item,
    booked_slot,
    office_view,
)
from backend.http.views.times import local
from backend.identity.profiles import Masked
from models import AppointmentStatus


class Visitor(Masked):
    """Who comes, masked."""


class VisitView(TypedDict):
    """A visit in the list of a day; `has_form` if there is something to read before it."""

    id: UUID
    number: str
    status: AppointmentStatus
    status_text: str
    slot: BookedSlotView
    item: BookedItemView | None
    name_masked: str | None
    case_id: UUID | None
    has_form: bool


class OfficeDay(TypedDict):
    """Who comes to an office on a day."""

    office: OfficeView
    date: date
    items: list[VisitView]


class StaffAppointment(VisitView):
    """One visit whole; `form` masked, as it was filled in with the booking."""

    office: OfficeView
    applicant: Visitor
    form: dict[str, Any] | None
    cancel_reason: str | None
    created_at: datetime
    version: int


def visit_view(visit: Visit) -> VisitView:
    """The visit in a list."""
    appointment = visit.appointment
    return {
        "id": appointment.id,
        "number": appointment.number,
        "status": appointment.status,
        "status_text": texts.STATUS[appointment.status],
        "slot": booked_slot(appointment.slot),
        "item": booked_item(appointment),
        "name_masked": visit.visitor["name_masked"],
        "case_id": appointment.case_id,
        "has_form": bool(appointment.form),
    }


def office_day(day: Day, on: date) -> OfficeDay:
    """The day of an office."""
    return {
        "office": office_view(day.office),
        "date": on,
        "items": [visit_view(visit) for visit in day.visits],
    }


async def staff_appointment(visit: Visit) -> StaffAppointment:
    """The visit with its form."""
    code = visit.appointment.item_code
    has_form = visit.appointment.form is not None and code is not None
    return shown_visit(visit, await catalogue.latest(code) if has_form and code else None)


def shown_visit(visit: Visit, item: ItemVersion | None) -> StaffAppointment:
    """The same of this item; a name or number in the form is masked as the item's form says."""
    appointment, form = visit.appointment, visit.appointment.form
    if form is not None:
        form = forms.masked(item, form) if item else {}
    return {
        **visit_view(visit),
        "office": office_view(appointment.slot.office),
        "applicant": {**visit.visitor},
        "form": form,
        "cancel_reason": appointment.cancel_reason,
        "created_at": local(appointment.created_at),
        "version": appointment.version,
    }
