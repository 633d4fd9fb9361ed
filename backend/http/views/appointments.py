"""Offices, and what of an appointment residents and staff see alike."""

from datetime import datetime
from uuid import UUID

from typing_extensions import TypedDict

from backend.appointments.record.places import Office, Slot
from backend.appointments.record.snapshot import Snapshot
from backend.http.views.cases import UnitView
from backend.http.views.times import local


class OfficeView(TypedDict):
    """Where to go."""

    id: UUID
    name: str
    unit: UnitView
    address: str
    phone: str
    lat: float | None
    lng: float | None


class BookedSlotView(TypedDict):
    """When to be there."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


class BookedItemView(TypedDict):
    """What the visit is about."""

    code: str
    name: str


def office_view(office: Office) -> OfficeView:
    """The office as people find it."""
    return {
        "id": office.id,
        "name": office.name,
        "unit": {"code": office.unit_code, "name": office.unit_name, "level": office.unit_level},
        "address": office.address,
        "phone": office.phone,
        "lat": office.lat,
        "lng": office.lng,
    }


def booked_slot(slot: Slot) -> BookedSlotView:
    """The slot as whoever has it knows it."""
    return {
        "id": slot.id,
        "starts_at": local(slot.starts_at),
        "ends_at": local(slot.ends_at),
    }


def booked_item(appointment: Snapshot) -> BookedItemView | None:
    """The item, or None for a visit about none."""
    code = appointment.item_code
    return None if code is None else {"code": code, "name": appointment.item_name or code}
