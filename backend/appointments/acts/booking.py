"""Booking a seat: one statement does all of it, or none."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend.appointments.acts import statements
from backend.appointments.acts.standing import Standing
from backend.appointments.acts.turnstile import Turnstile
from backend.appointments.plan import services
from backend.appointments.record import numbers, places
from backend.appointments.record.places import Slot
from backend.appointments.record.snapshot import Snapshot, messages_of, sealed_form
from backend.appointments.rules import lifecycle, refusals
from backend.appointments.rules.lifecycle import Action
from backend.appointments.rules.refusals import (
    AlreadyBooked,
    FormNotAsked,
    ItemNotBookable,
    ItemNotOfCase,
    OfficeClosed,
    SlotFull,
    SlotNotFound,
    SlotPast,
)
from backend.cases.rules.refusals import CaseNotFound
from backend.catalogue import conditions, forms
from backend.catalogue import queries as catalogue
from backend.catalogue.conditions import Facts
from backend.catalogue.queries import ItemVersion
from backend.catalogue.refusals import ItemUnknown
from backend.idempotency import keys
from backend.idempotency.keys import Once
from backend.identity import profiles
from backend.identity.actors import ResidentActor
from backend.identity.profiles import Applicant
from backend.identity.refusals import AssuranceTooLow, SessionEnded
from backend.mandates import acting
from backend.mandates.refusals import MandateNotForItem
from config.clock import CITY_TIME, city_day
from config.database import connection
from config.settings import settings
from models import Flow, Right, uuid7
from notifications.telling import outbox

CREATED = 201

_turnstile = Turnstile()


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody books a seat for: an item, a case, or neither.

    With a case it is about that case's item, which then need not be open to booking. An item of
    the flow booking takes its form, and the draft that this was begun as goes with the booking.
    """

    item_code: str | None = None
    case_id: UUID | None = None
    form: Mapping[str, Any] | None = None
    draft_id: UUID | None = None


async def book(
    slot_id: UUID,
    wish: Wish = Wish(),
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
    item = await _item(wish, statements.CASE, [resident_id])
    if item is not None:
        services.check(item, slot.office, field="item_code")
    filled = await _form(item, wish.form, lambda: profiles.applicant(resident_id), day=slot.day)
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
        item = await _item(wish, statements.CASE_OF_PERSON, [behalf.principal_id, behalf.items])
        if item is None and behalf.items is not None:
            raise MandateNotForItem
        if item is not None:
            services.check(item, slot.office, field="item_code")
        principal = partial(profiles.principal, behalf.principal_id)
        filled = await _form(item, wish.form, principal, day=slot.day)
        seat = _Seat(
            slot=slot, item=item, wish=wish, form=filled, person=behalf.principal_id, by=by.id
        )

        async def write(*given: Any) -> bool:
            # A savepoint: the transaction goes on after a violated constraint.
            async with in_transaction():
                return await _written(*given)

        answer = await _booked(seat, write, now=now, once=once, render=render)
        await acting.record(behalf, did="book", on=seat.id)
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
    item = await _item(wish, statements.CASE_OF_PERSON, [by.person_id, None])
    if item is not None:
        services.check(item, slot.office, field="item_code")
    visitor = partial(profiles.principal, by.person_id)
    filled = await _form(item, wish.form, visitor, day=slot.day, at_window=True)
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
        outbox.payload(*told),
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
    if not found["open"]:
        raise OfficeClosed
    if not found["sure"]:
        raise AssuranceTooLow("预约前请先绑定手机号")
    if found["already"]:
        raise AlreadyBooked
    if not found["room"]:
        raise SlotFull
    refusals.check_booked(found["refusal"])


async def _item(wish: Wish, statement: str, whose: list[Any]) -> ItemVersion | None:
    """The item the visit is about, if any: the given one, or the case's."""
    if wish.case_id is None:
        return await _bookable(wish.item_code) if wish.item_code is not None else None
    rows = await connection().execute_query_dict(statement, [wish.case_id, *whose])
    if not rows:
        raise CaseNotFound
    if wish.item_code not in {None, rows[0]["item_id"]}:
        raise ItemNotOfCase
    return await catalogue.version(rows[0]["item_version_id"])


async def _form(
    item: ItemVersion | None,
    form: Mapping[str, Any] | None,
    visitor: Callable[[], Awaitable[Applicant]],
    *,
    day: date,
    at_window: bool = False,
) -> dict[str, Any] | None:
    """The form with what the profile knows, fit for the day of the visit; None for other items."""
    if item is None or item.flow is not Flow.BOOKING:
        if form is not None:
            raise FormNotAsked
        return None
    applicant = await visitor()
    profiles.check_assurance(applicant, item.min_assurance, what=item.name)
    filled = forms.check(item, dict(form or {}), applicant.profile, at_window=at_window)
    home = applicant.profile["community"]
    conditions.check(item.demands, Facts(filled, day, home["code"] if home else None))
    return filled


async def _bookable(item_code: str) -> ItemVersion:
    try:
        item = await catalogue.current(item_code)
    except ItemUnknown:
        raise ItemNotBookable from None
    if not item.appointment:
        raise ItemNotBookable(f"“{item.name}”不需要预约，可直接到窗口办理")
    return item
