"""Which actions of the resident an appointment's status allows."""

from datetime import datetime
from typing import Literal

from models import AppointmentStatus

Action = Literal["cancel", "reschedule"]
ACTIONS: dict[AppointmentStatus, tuple[Action, ...]] = {
    AppointmentStatus.BOOKED: ("cancel", "reschedule"),
    AppointmentStatus.CHECKED_IN: (),
    AppointmentStatus.CALLED: (),
    AppointmentStatus.SERVED: (),
    AppointmentStatus.CANCELLED: (),
    AppointmentStatus.NO_SHOW: (),
}


def actions(status: AppointmentStatus, *, starts_at: datetime, now: datetime) -> list[Action]:
    """What the resident may still do; nothing once the slot has begun."""
    return list(ACTIONS[status]) if now < starts_at else []
