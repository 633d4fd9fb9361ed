"""Appointments for whoever stands at a window: what they have, one more, another time, none."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from backend import audit
from backend.appointments.acts import booking, cancelling, moving
from backend.appointments.acts.standing import Standing
from backend.appointments.acts.wishes import Wish
from backend.appointments.reading import desk
from backend.appointments.reading.desk import Visit
from backend.appointments.record.snapshot import Snapshot
from backend.audit import Act
from backend.catalogue import queries as catalogue
from backend.catalogue.refusals import ItemUnknown
from backend.catalogue.versions import ItemVersion
from backend.idempotency.keys import Once
from backend.identity import persons as known
from backend.identity import profiles
from backend.identity.actors import StaffActor
from backend.window import persons, posts


class Made(NamedTuple):
    """A visit as a window has just made or moved it.

    `code` is what the person checks in with, to be said or written down for them: of whoever has an
    account their phone shows it, and nobody else.
    """

    visit: Visit
    code: str | None


Render = Callable[[Made, ItemVersion | None], bytes]


async def of_person(person_id: UUID, *, by: StaffActor, now: datetime) -> list[Visit]:
    """What the person has ahead, the next one first; recorded before it is answered.

    For clerks alone: WindowMissing. PersonNotFound.
    """
    window = posts.windows(by)[0]
    await persons.one(person_id)
    found, accounts = await desk.ahead_of(person_id, now=now), await known.accounts(person_id)
    await audit.record(
        Act.LIST_APPOINTMENTS,
        by=by.acting,
        on=("person", person_id),
        resident=accounts[-1] if accounts else None,
        details={
            "appointments": [str(visit.appointment.id) for visit in found],
            "unit": window.unit_code,
            "role": window.role,
        },
    )
    return found


async def book(
    person_id: UUID,
    slot_id: UUID,
    wish: Wish,
    *,
    unit_code: str | None,
    by: StaffActor,
    now: datetime,
    once: Once | None,
    render: Render,
) -> bytes:
    """Take a seat for the person, who counts as with an account of theirs; as `booking.book`.

    Further WindowMissing, WindowUnclear and PersonNotFound.
    """
    at = _standing(person_id, unit_code=unit_code, by=by)
    await persons.one(person_id)
    item, made = await _item(wish.item_code), await _maker(person_id)
    return await booking.book_at_window(
        slot_id,
        wish,
        by=at,
        now=now,
        once=once,
        render=lambda appointment: render(made(appointment), item),
    )


async def move(
    appointment_id: UUID,
    *,
    person_id: UUID,
    slot_id: UUID,
    unit_code: str | None,
    by: StaffActor,
    now: datetime,
) -> Made:
    """Change the person's appointment to another slot; as `moving.reschedule`, and `book`."""
    at = _standing(person_id, unit_code=unit_code, by=by)
    moved = await moving.reschedule(appointment_id, by=at, now=now, slot_id=slot_id)
    return (await _maker(person_id))(moved)


async def cancel(
    appointment_id: UUID,
    *,
    person_id: UUID,
    reason: str | None,
    unit_code: str | None,
    by: StaffActor,
    now: datetime,
) -> Visit:
    """Give the person's seat back; as `cancelling.cancel`, and `book`."""
    at = _standing(person_id, unit_code=unit_code, by=by)
    cancelled = await cancelling.cancel(appointment_id, by=at, now=now, reason=reason)
    return Visit(cancelled, await profiles.masked(None, person_id))


async def _maker(person_id: UUID) -> Callable[[Snapshot], Made]:
    """What makes of an appointment of the person's what the window is shown."""
    visitor, accounts = await profiles.masked(None, person_id), await known.accounts(person_id)

    def made(appointment: Snapshot) -> Made:
        code = None if accounts else appointment.check_in_code
        return Made(Visit(appointment, visitor), code)

    return made


def _standing(person_id: UUID, *, unit_code: str | None, by: StaffActor) -> Standing:
    window = posts.window(by, unit_code)
    return Standing(person_id=person_id, staff=by, window=window.unit_name)


async def _item(code: str | None) -> ItemVersion | None:
    """The item as its form is shown; one that is not offered the booking refuses."""
    try:
        return await catalogue.current(code) if code is not None else None
    except ItemUnknown:
        return None
