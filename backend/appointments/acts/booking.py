"""Booking a seat: one statement does all of it, or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

from backend.appointments.acts import statements
from backend.appointments.acts.turnstile import Turnstile
from backend.appointments.plan import services
from backend.appointments.record import numbers, places
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
from backend.identity.refusals import AssuranceTooLow, SessionEnded
from config.clock import CITY_TIME, city_day
from config.database import connection
from config.settings import settings
from models import Flow, uuid7
from notifications.telling import outbox

CREATED = 201

_turnstile = Turnstile()


async def book(  # noqa: PLR0913 - what a booking may be about
    slot_id: UUID,
    *,
    resident_id: UUID,
    now: datetime,
    item_code: str | None = None,
    case_id: UUID | None = None,
    form: Mapping[str, Any] | None = None,
    draft_id: UUID | None = None,
    once: Once | None = None,
    render: Callable[[Snapshot], bytes],
) -> bytes:
    """Take a seat for the resident, who will be told; the rendered answer is stored under `once`.

    One active booking per person, item and day, none at overlapping times, and no more than the
    setting says. With `case_id` it is about that case's item, which then need not be open to
    booking. An item of the flow booking takes its form, and the draft that this was begun as goes
    with the booking. Raises SlotNotFound or CaseNotFound;
    FormInvalid, ConditionUnmet or FormNotAsked; ItemNotBookable, ItemNotOfCase or ItemNotServed;
    SlotPast, OfficeClosed, AlreadyBooked, BookingOverlaps, TooManyBookings or SlotFull;
    AssuranceTooLow without a phone; SessionEnded if there is no such resident.
    """
    slot = await places.slot(slot_id)
    item = await _item(item_code, case_id, resident_id)
    if item is not None:
        services.check(item, slot.office, field="item_code")
    filled = await _form(item, form, resident_id, day=slot.day)
    appointment = Snapshot(
        id=uuid7(),
        resident_id=resident_id,
        number=await numbers.appointment_number(slot.office.unit_code, city_day(now)),
        status=lifecycle.BOOKED.after,
        slot=slot,
        item_code=item.code if item else None,
        item_name=item.name if item else None,
        case_id=case_id,
        check_in_code=numbers.check_in_code(),
        cancel_reason=None,
        created_at=now.astimezone(CITY_TIME),
        version=1,
        form=filled,
    )
    answer = render(appointment)
    while not await _written(appointment, once=once, answer=answer, draft_id=draft_id):
        number = await numbers.appointment_number(slot.office.unit_code, city_day(now))
        appointment = replace(appointment, number=number)
        answer = render(appointment)
    outbox.wake()
    return answer


async def _written(
    appointment: Snapshot, *, once: Once | None, answer: bytes, draft_id: UUID | None
) -> bool:
    """False where nothing is written because the number is taken: another one helps."""
    slot = appointment.slot
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
        outbox.payload(*messages_of(Action.BOOK, appointment, at=appointment.created_at)),
        *(once.parameters(CREATED, answer) if once else keys.NOT_KEYED),
        settings().bookings_per_person,
        sealed_form(appointment),
    ]
    statement = statements.BOOK
    if draft_id:
        statement = statements.BOOK_DRAFT
        parameters.append(draft_id)
    async with _turnstile.through(slot.id):
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


async def _item(
    item_code: str | None, case_id: UUID | None, resident_id: UUID
) -> ItemVersion | None:
    """The item the visit is about, if any: the given one, or the case's."""
    if case_id is None:
        return await _bookable(item_code) if item_code is not None else None
    rows = await connection().execute_query_dict(statements.CASE, [case_id, resident_id])
    if not rows:
        raise CaseNotFound
    if item_code not in {None, rows[0]["item_id"]}:
        raise ItemNotOfCase
    return await catalogue.version(rows[0]["item_version_id"])


async def _form(
    item: ItemVersion | None, form: Mapping[str, Any] | None, resident_id: UUID, *, day: date
) -> dict[str, Any] | None:
    """The form with what the profile knows, fit for the day of the visit; None for other items."""
    if item is None or item.flow is not Flow.BOOKING:
        if form is not None:
            raise FormNotAsked
        return None
    applicant = await profiles.applicant(resident_id)
    profiles.check_assurance(applicant, item.min_assurance, what=item.name)
    filled = forms.check(item, dict(form or {}), applicant.profile)
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
