"""Offices, slots and appointments as residents see them; the check-in code only its owner."""

import datetime as dt
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from backend.appointments import lifecycle
from backend.appointments.days import Closed, Day
from backend.appointments.places import Office
from backend.appointments.queries import OpenOffice, Slot
from backend.appointments.snapshot import Snapshot
from backend.http.case_views import UnitView
from backend.http.times import local
from models import AppointmentStatus

STATUS: dict[AppointmentStatus, str] = {
    AppointmentStatus.BOOKED: "已预约",
    AppointmentStatus.CHECKED_IN: "已签到",
    AppointmentStatus.CALLED: "已叫号",
    AppointmentStatus.SERVED: "已办理",
    AppointmentStatus.CANCELLED: "已取消",
    AppointmentStatus.NO_SHOW: "未到场",
}
CLOSED: dict[Closed, str] = {
    Closed.CLOSURE: "当天停止办理：{why}",
    Closed.HOLIDAY: "{why}放假",
    Closed.WEEKEND: "周末休息",
    Closed.NO_SLOTS: "当天没有可预约的时段",
}


class OfficeView(BaseModel):
    """Where to go."""

    id: UUID
    name: str
    unit: UnitView
    address: str
    phone: str


class OpenOfficeView(OfficeView):
    """Where to go, and when it is open, in words."""

    hours: str


class BookedSlotView(BaseModel):
    """When to be there."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


class SlotView(BookedSlotView):
    """A slot to choose; `available` seats were free when it was read."""

    capacity: int
    available: int


class Slots(BaseModel):
    """The slots of one office and day."""

    items: list[SlotView]


class DayView(BaseModel):
    """A day of an office."""

    date: Annotated[dt.date, Field(description="日期", examples=["2026-03-16"])]
    open: Annotated[bool, Field(description="当天是否有可预约的时段", examples=[True])]
    available: Annotated[int, Field(description="还没开始的时段里的余号数", examples=[24])]
    closed: Annotated[
        Closed | None,
        Field(
            description="不开放的原因：closure 临时停办，holiday 节假日，weekend 周末，"
            "no_slots 没有排号",
            examples=["weekend"],
        ),
    ]
    closed_text: Annotated[
        str | None, Field(description="不开放原因的中文说明", examples=["周末休息"])
    ]


class Days(BaseModel):
    """The days of one office, one after the other."""

    items: list[DayView]


class BookedItemView(BaseModel):
    """What the visit is about."""

    code: str
    name: str


class AppointmentView(BaseModel):
    """An appointment of the resident who asks; `actions` are what they may still do."""

    id: UUID
    number: str
    status: Annotated[AppointmentStatus, Field(description="状态", examples=["booked"])]
    status_text: Annotated[str, Field(description="状态的中文名称", examples=["已预约"])]
    office: OfficeView
    slot: BookedSlotView
    item: BookedItemView | None
    case_id: UUID | None
    check_in_code: str
    cancel_reason: str | None
    created_at: datetime
    actions: list[str]
    version: int


def office_view(office: Office) -> dict[str, Any]:
    """OfficeView of an office."""
    return {
        "id": office.id,
        "name": office.name,
        "unit": {"code": office.unit_code, "name": office.unit_name, "level": office.unit_level},
        "address": office.address,
        "phone": office.phone,
    }


def open_office_view(found: OpenOffice) -> dict[str, Any]:
    """OpenOfficeView of an office with its hours."""
    return office_view(found.office) | {"hours": found.hours}


def slot_view(slot: Slot) -> dict[str, Any]:
    """SlotView of a slot."""
    return {
        "id": slot.id,
        "starts_at": local(slot.starts_at),
        "ends_at": local(slot.ends_at),
        "capacity": slot.capacity,
        "available": slot.available,
    }


def day_view(day: Day) -> dict[str, Any]:
    """DayView of a day."""
    return {
        "date": day.date,
        "open": day.open,
        "available": day.available,
        "closed": day.closed,
        "closed_text": CLOSED[day.closed].format(why=day.why) if day.closed else None,
    }


def appointment_view(appointment: Snapshot, now: datetime) -> dict[str, Any]:
    """AppointmentView of an appointment at this moment."""
    seat, code = appointment.seat, appointment.item_code
    starts_at = seat.starts_at
    return {
        "id": appointment.id,
        "number": appointment.number,
        "status": appointment.status,
        "status_text": STATUS[appointment.status],
        "office": office_view(seat.office),
        "slot": {
            "id": seat.slot_id,
            "starts_at": local(starts_at),
            "ends_at": local(seat.ends_at),
        },
        "item": None if code is None else {"code": code, "name": appointment.item_name or code},
        "case_id": appointment.case_id,
        "check_in_code": appointment.check_in_code,
        "cancel_reason": appointment.cancel_reason,
        "created_at": local(appointment.created_at),
        "actions": lifecycle.actions(appointment.status, starts_at=starts_at, now=now),
        "version": appointment.version,
    }
