"""Offices, slots and appointments as residents see them; the check-in code only its owner."""

import datetime as dt
from datetime import datetime
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from backend.appointments.plan import services
from backend.appointments.reading.days import Closed, Day
from backend.appointments.reading.queries import OpenOffice, OpenSlot
from backend.appointments.record.snapshot import Snapshot
from backend.appointments.rules import lifecycle, texts
from backend.http.views.appointments import (
    BookedItemView,
    BookedSlotView,
    OfficeView,
    booked_item,
    booked_slot,
    office_view,
)
from backend.http.views.times import local
from models import AppointmentStatus

CLOSED: dict[Closed, str] = {
    Closed.CLOSURE: "当天停止办理：{why}",
    Closed.HOLIDAY: "{why}放假",
    Closed.WEEKEND: "周末休息",
    Closed.NO_SLOTS: "当天没有可预约的时段",
}


class ServiceView(TypedDict):
    """What one may come for, how long it takes there, and which papers to bring."""

    id: str
    name: str
    minutes: int | None
    bring: list[str]


class OpenOfficeView(OfficeView):
    """Where to go, how far it is, when it is open, in words, and what for."""

    distance_m: int | None
    hours: str
    services: list[ServiceView]


class SlotView(BookedSlotView):
    """A slot to choose; `available` seats were free when it was read."""

    capacity: int
    available: int


class Slots(TypedDict):
    """The slots of one office and day."""

    items: list[SlotView]


class DayView(TypedDict):
    """A day of an office."""

    date: dt.date
    open: bool
    available: int
    closed: Closed | None
    closed_text: str | None


class Days(TypedDict):
    """The days of one office, one after the other."""

    items: list[DayView]


class AppointmentView(TypedDict):
    """An appointment of the resident who asks; `actions` are what they may still do."""

    id: UUID
    number: str
    status: AppointmentStatus
    status_text: str
    office: OfficeView
    slot: BookedSlotView
    item: BookedItemView | None
    form: dict[str, Any] | None
    case_id: UUID | None
    check_in_code: str
    cancel_reason: str | None
    created_at: datetime
    actions: list[lifecycle.HoldersAction]
    version: int


def open_office_view(found: OpenOffice) -> OpenOfficeView:
    """The office with its hours and services."""
    return {
        **office_view(found.office),
        "distance_m": found.distance_m,
        "hours": found.hours,
        "services": [
            {
                "id": item.code,
                "name": item.name,
                "minutes": found.minutes,
                "bring": services.bring(item),
            }
            for item in found.serving
        ],
    }


def slot_view(slot: OpenSlot) -> SlotView:
    """The slot as one may choose it."""
    return {
        "id": slot.id,
        "starts_at": local(slot.starts_at),
        "ends_at": local(slot.ends_at),
        "capacity": slot.capacity,
        "available": slot.available,
    }


def day_view(day: Day) -> DayView:
    """The day, and in words why there is nothing to book."""
    return {
        "date": day.date,
        "open": day.open,
        "available": day.available,
        "closed": day.closed,
        "closed_text": CLOSED[day.closed].format(why=day.why) if day.closed else None,
    }


def appointment_view(appointment: Snapshot, now: datetime) -> AppointmentView:
    """The appointment at this moment."""
    slot = appointment.slot
    return {
        "id": appointment.id,
        "number": appointment.number,
        "status": appointment.status,
        "status_text": texts.STATUS[appointment.status],
        "office": office_view(slot.office),
        "slot": booked_slot(slot),
        "item": booked_item(appointment),
        "form": appointment.form,
        "case_id": appointment.case_id,
        "check_in_code": appointment.check_in_code,
        "cancel_reason": appointment.cancel_reason,
        "created_at": local(appointment.created_at),
        "actions": lifecycle.actions(appointment.status, starts_at=slot.starts_at, now=now),
        "version": appointment.version,
    }
