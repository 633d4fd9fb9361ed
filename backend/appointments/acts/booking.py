"""Booking a seat: one statement does all of it, or none."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend.appointments.acts import statements
from backend.appointments.acts.standing import Standing
from backend.appointments.acts.turnstile import Turnstile
from backend.appointments.acts.wishes import FOR_NOTHING, Wish, form_of, item_of
from backend.appointments.plan import services
from backend.appointments.record import numbers, places
from backend.appointments.record.places import Slot
from backend.appointments.record.snapshot import Snapshot, messages_of, sealed_form
from backend.appointments.rules import lifecycle, refusals
from backend.appointments.rules.lifecycle import Action
from backend.appointments.rules.refusals import (
    AlreadyBooked,
    SlotFull,
    SlotNotFound,
    SlotPast,
)
from backend.catalogue.queries import ItemVersion
from backend.idempotency import keys
from backend.idempotency.keys import Once
from backend.identity import profiles
from backend.identity.actors import ResidentActor
from backend.identity.refusals import AssuranceTooLow, SessionEnded
from backend.mandates import acting
from backend.mandates.refusals import MandateNotForItem
from config.clock import CITY_TIME, city_day
from config.database import connection
from config.settings import settings
from models import Right, uuid7
from notifications.telling import outbox
from notifications.telling.outgoing import payload

CREATED = 201

_turnstile = Turnstile()


async def book(
    slot_id: UUID,
    wish: Wish = FOR_NOTHING,
    *,
    resident_id: UUID,
    now: datetime,
    once: Once | None = None,
    render: Callable[[Snapshot], bytes],
) -> bytes:
    """Take a seat for the resident, who will be told; the rendered answer is stored under `once`.

    One active booking per person, item and day, none at overlapping times, and no more than the
    setting says. Raises SlotNotFound or CaseNotFound;
    FormInvalid, ConditionUnmet or FormNotAsked; ItemNotBookable, ItemNotOfCase or ItemNotServed;
    SlotPast, OfficeClosed, AlreadyBooked, BookingOverlaps, TooManyBookings or SlotFull;
    AssuranceTooLow without a phone; SessionEnded if there is no such resident.
    """
    slot = await places.slot(slot_id)
    item = await item_of(wish, statements.CASE, [resident_id])
    if item is not None:
        services.check(item, slot.office, field="item_code")
    filled = await form_of(item, wish.form, lambda: profiles.applicant(resident_id), day=slot.day)
    seat = _Seat(slot=slot, item=item, wish=wish, form=filled, account=resident_id, by=resident_id)

    async def write(*given: Any) -> bool:
        async with _turnstile.through(slot.id):
            return await _written(*given)

    answer = await _booked(seat, write, now=now, once=once, render=render)
    outbox.wake()
    return answer


async def book_for(
    slot_id: UUID,
    wish: Wish,
    mandate_id: UUID,
    *,
    by: ResidentActor,
    now: datetime,
    once: Once | None = None,
    render: Callable[[Snapshot], bytes],
) -> bytes:
    """The same by an agent for the principal of their mandate, whose accounts are told.

    Raises as `book` and as `acting.on_behalf`; without an item it takes a mandate for all.
    """
    holds = partial(
        acting.on_behalf, mandate_id, by=by, right=Right.SUBMIT, item_code=wish.item_code, now=now
    )
    # Also before all else: who has no mandate learns nothing.
    await holds()
    slot = await places.slot(slot_id)
    # In this order: whoever waits at the turnstile holds no connection.
    async with _turnstile.through(slot.id), in_transaction():
        behalf = await holds()
        item = await item_of(wish, statements.CASE_OF_PERSON, [behalf.principal_id, behalf.items])
        if item is None and behalf.items is not None:
            raise MandateNotForItem
        if item is not None:
            services.check(item, slot.office, field="item_code")
        principal = partial(profiles.principal, behalf.principal_id)
        filled = await form_of(item, wish.form, principal, day=slot.day)
        seat = _Seat(
            slot=slot, item=item, wish=wish, form=filled, person=behalf.principal_id, by=by.id
        )

        async def write(*given: Any) -> bool:
            # A savepoint: the transaction goes on after a violated constraint.
            async with in_transaction():
                return await _written(*given)

        answer = await _booked(seat, write, now=now, once=once, render=render)
        await acting.record(behalf, did="book", on=("appointment", seat.id))
    outbox.wake()
    return answer


async def book_at_window(
    slot_id: UUID,
    wish: Wish,
    *,
    by: Standing,
    now: datetime,
    once: Once | None = None,
    render: Callable[[Snapshot], bytes],
) -> bytes:
    """The same for whoever stands at a window, whose accounts are told; raises as `book`."""
    slot = await places.slot(slot_id)
    item = await item_of(wish, statements.CASE_OF_PERSON, [by.person_id, None])
    if item is not None:
        services.check(item, slot.office, field="item_code")
    visitor = partial(profiles.principal, by.person_id)
    filled = await form_of(item, wish.form, visitor, day=slot.day, at_window=True)
    seat = _Seat(
        slot=slot,
        item=item,
        wish=wish,
        form=filled,
        person=by.person_id,
        by=by.staff.id,
        window=by.window,
    )

    async def write(*given: Any) -> bool:
        async with _turnstile.through(slot.id):
            return await _written(*given)

    answer = await _booked(seat, write, now=now, once=once, render=render)
    outbox.wake()
    return answer


@dataclass(frozen=True, kw_only=True)
class _Seat:
    """A seat that may be had: an account's, or by an agent or at a `window` the person's."""

    slot: Slot
    item: ItemVersion | None
    wish: Wish
    form: dict[str, Any] | None
    by: UUID
    account: UUID | None = None
    person: UUID | None = None
    window: str = ""
    id: UUID = field(default_factory=uuid7)


async def _booked(
    seat: _Seat,
    write: Callable[..., Awaitable[bool]],
    *,
    now: datetime,
    once: Once | None,
    render: Callable[[Snapshot], bytes],
) -> bytes:
    slot, item = seat.slot, seat.item
    appointment = Snapshot(
        id=seat.id,
        resident_id=seat.account,
        number=await numbers.appointment_number(slot.office.unit_code, city_day(now)),
        status=lifecycle.BOOKED.after,
        slot=slot,
        item_code=item.code if item else None,
        item_name=item.name if item else None,
        case_id=seat.wish.case_id,
        check_in_code=numbers.check_in_code(),
        cancel_reason=None,
        created_at=now.astimezone(CITY_TIME),
        version=1,
        form=seat.form,
        person_id=seat.person,
    )
    answer = render(appointment)
    while not await write(seat, appointment, once, answer):
        number = await numbers.appointment_number(slot.office.unit_code, city_day(now))
        appointment = replace(appointment, number=number)
        answer = render(appointment)
    return answer


async def _written(seat: _Seat, appointment: Snapshot, once: Once | None, answer: bytes) -> bool:
    """False where nothing is written because the number is taken: another one helps."""
    slot, by_agent = appointment.slot, seat.person is not None and not seat.window
    at, window = appointment.created_at, seat.window
    told = await messages_of(Action.BOOK, appointment, at=at, by_agent=by_agent, window=window)
    parameters = [
        slot.id,
        appointment.id,
        appointment.created_at,
        appointment.number,
        appointment.resident_id,
        appointment.item_code,
        appointment.case_id,
        slot.day,
        appointment.check_in_code,
        payload(*told),
        *(once.parameters(CREATED, answer) if once else keys.NOT_KEYED),
        settings().bookings_per_person,
        sealed_form(appointment),
        seat.person,
        seat.by,
    ]
    statement = statements.BOOK_AT_WINDOW if window else statements.BOOK
    if seat.wish.draft_id:
        statement = statements.BOOK_DRAFT
        parameters.append(seat.wish.draft_id)
    try:
        rows = await connection().execute_query_dict(statement, parameters)
    except IntegrityError as error:
        if refusals.constraint_of(error) == "appointment_number_key":
            return False
        raise refusals.of_constraint(error) from error
    _check(rows)
    return True


def _check(rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise why nothing was written, if so; what the person can't change comes first."""
    if not rows:
        raise SlotNotFound
    found = rows[0]
    if not found["known"]:
        raise SessionEnded
    if not found["ahead"]:
        raise SlotPast
    refusals.check_not_closed(found)
    if not found["sure"]:
        raise AssuranceTooLow("预约前请先绑定手机号")
    if found["already"]:
        raise AlreadyBooked
    if not found["room"]:
        raise SlotFull
    refusals.check_booked(found["refusal"])
