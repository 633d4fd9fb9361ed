"""Which actions of the resident an appointment's status allows."""

from datetime import datetime

from models import AppointmentStatus

ACTIONS: dict[AppointmentStatus, tuple[str, ...]] = {
    AppointmentStatus.BOOKED: ("cancel", "reschedule"),
    AppointmentStatus.CHECKED_IN: (),
    AppointmentStatus.CALLED: (),
    AppointmentStatus.SERVED: (),
    AppointmentStatus.CANCELLED: (),
    AppointmentStatus.NO_SHOW: (),
}


def actions(status: AppointmentStatus, *, starts_at: datetime, now: datetime) -> list[str]:
    """What the resident may still do; nothing once the slot has begun."""
    return list(ACTIONS[status]) if now < starts_at else []
