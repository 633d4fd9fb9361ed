"""Booking a seat: one statement does all of it, or none."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tortoise import timezone
from tortoise.exceptions import IntegrityError

from backend.appointments import numbers, refusals
from backend.appointments.plan import places, serving
from backend.appointments.plan.slots import CITY_TIME
from backend.appointments.refusals import (
    AlreadyBooked,
    ItemNotBookable,
    ItemNotOfCase,
    OfficeClosed,
    SlotFull,
    SlotNotFound,
    SlotPast,
)
from backend.appointments.snapshot import Snapshot, message
from backend.appointments.turnstile import Turnstile
from backend.cases.rules.refusals import CaseNotFound
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion
from backend.catalogue.refusals import ItemUnknown
from backend.idempotency import keys
from backend.idempotency.keys import Once
from backend.identity.refusals import AssuranceTooLow, SessionEnded
from config.database import connection
from config.settings import settings
from models import AppointmentStatus, uuid7
from notifications.telling import outbox

CREATED = 201

_SAME_VISIT = "coalesce(item_id, '') = coalesce($6, '') AND day = $8"
# `seen` decides for nearly all who come too late, without an error and without a lock. Who slips
# through in a race is stopped by slot_not_overbooked (the trigger on appointment takes the seat) or
# appointment_once_a_day, which undo the whole statement. How many seats one person holds, and when,
# is counted by appointment_refusal under a lock on the person, only for who would get a seat. The
# account is looked at as well as the person, because a person who has just become known has
# bookings under the key of before; that search says what is over, not what is active, so that
# PostgreSQL never runs through all of the partial index appointment_once_a_day for it, as it did
# where it had no figures of the table yet.
_BOOK = f"""
WITH seen AS MATERIALIZED (
    SELECT s.office_id, r.person_key, s.starts_at > now() AS ahead, o.active AS open,
           s.booked < s.capacity AS room, r.id IS NOT NULL AS known,
           r.assurance <> 'wechat' AS sure,
           EXISTS (SELECT 1 FROM appointment a WHERE a.person_key = r.person_key AND {_SAME_VISIT}
                   AND status IN ('booked', 'checked_in', 'called'))
           OR EXISTS (SELECT 1 FROM appointment WHERE resident_id = $5 AND {_SAME_VISIT}
                      AND status NOT IN ('served', 'cancelled', 'no_show')) AS already
    FROM slot s JOIN office o ON o.id = s.office_id LEFT JOIN resident r ON r.id = $5
    WHERE s.id = $1
), decided AS MATERIALIZED (
    SELECT *, CASE WHEN ahead AND open AND room AND known AND sure AND NOT already
        THEN appointment_refusal(person_key, $5, $1, $6, $8, $15, NULL) END AS refusal
    FROM seen
), gate AS (
    SELECT office_id, person_key FROM decided
    WHERE ahead AND open AND room AND known AND sure AND NOT already AND refusal IS NULL
), appointment_row AS (
    INSERT INTO appointment (id, created_at, number, slot_id, office_id, resident_id, person_key,
                             item_id, case_id, day, status, check_in_code, version)
    SELECT $2, $3, $4, $1, office_id, $5, person_key, $6, $7, $8, 'booked', $9, 1 FROM gate
    RETURNING id
), {outbox.cte("$10", "appointment_row")}, {keys.cte(11, "appointment_row")}
SELECT known, ahead, open, room, sure, already, refusal FROM decided
"""
_CASE = 'SELECT item_id, item_version_id FROM "case" WHERE id = $1 AND resident_id = $2'

_turnstile = Turnstile()


async def book(
    slot_id: UUID,
    *,
    resident_id: UUID,
    item_code: str | None = None,
    case_id: UUID | None = None,
    once: Once | None = None,
    render: Callable[[Snapshot], bytes],
) -> bytes:
    """Take a seat for the resident, who will be told; the rendered answer is stored under `once`.

    One active booking per person, item and day, none at overlapping times, and no more than the
    setting says. With `case_id` it is about that case's item, which
    then need not be open to booking. Raises SlotNotFound or CaseNotFound; ItemNotBookable,
    ItemNotOfCase or ItemNotServed; SlotPast, OfficeClosed, AlreadyBooked, BookingOverlaps,
    TooManyBookings or SlotFull; AssuranceTooLow without a phone; SessionEnded if there is no such
    resident.
    """
    seat = await places.seat(slot_id)
    item = await _item(item_code, case_id, resident_id)
    if item is not None:
        serving.check(item, seat.office, field="item_code")
    now = timezone.now().astimezone(CITY_TIME)
    appointment = Snapshot(
        id=uuid7(),
        resident_id=resident_id,
        number=await numbers.appointment_number(seat.office.unit_code, now.date()),
        status=AppointmentStatus.BOOKED,
        seat=seat,
        item_code=item.code if item else None,
        item_name=item.name if item else None,
        case_id=case_id,
        check_in_code=numbers.check_in_code(),
        cancel_reason=None,
        created_at=now,
        version=1,
    )
    answer = render(appointment)
    await _insert(appointment, once=once, answer=answer)
    outbox.wake()
    return answer


async def _insert(appointment: Snapshot, *, once: Once | None, answer: bytes) -> None:
    seat = appointment.seat
    parameters = [
        seat.slot_id,
        appointment.id,
        appointment.created_at,
        appointment.number,
        appointment.resident_id,
        appointment.item_code,
        appointment.case_id,
        seat.day,
        appointment.check_in_code,
        outbox.payload(message("book", appointment)),
        *(once.parameters(CREATED, answer) if once else keys.NOT_KEYED),
        settings().bookings_per_person,
    ]
    async with _turnstile.through(seat.slot_id):
        try:
            rows = await connection().execute_query_dict(_BOOK, parameters)
        except IntegrityError as error:
            raise refusals.of_constraint(error) from error
    _check(rows)


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
    refusals.check(found["refusal"])


async def _item(
    item_code: str | None, case_id: UUID | None, resident_id: UUID
) -> ItemVersion | None:
    """The item the visit is about, if any: the given one, or the case's."""
    if case_id is None:
        return await _bookable(item_code) if item_code is not None else None
    rows = await connection().execute_query_dict(_CASE, [case_id, resident_id])
    if not rows:
        raise CaseNotFound
    if item_code not in {None, rows[0]["item_id"]}:
        raise ItemNotOfCase
    return await catalogue.version(rows[0]["item_version_id"])


async def _bookable(item_code: str) -> ItemVersion:
    try:
        item = await catalogue.current(item_code)
    except ItemUnknown:
        raise ItemNotBookable from None
    if not item.appointment:
        raise ItemNotBookable(f"“{item.name}”不需要预约，可直接到窗口办理")
    return item
