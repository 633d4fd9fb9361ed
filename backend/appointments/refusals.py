"""Why a seat is refused, also where a constraint of the database says it."""

from tortoise.exceptions import IntegrityError

from backend.errors import Conflict, Forbidden, NotFound
from config.settings import settings


def slot_not_found() -> NotFound:
    """There is no such slot, or no longer."""
    return NotFound("没有找到这个时段", code="slot_not_found")


def slot_full() -> Conflict:
    """Every seat is taken."""
    return Conflict("这个时段已约满，请换一个时段", code="slot_full")


def slot_past() -> Conflict:
    """The slot has begun."""
    return Conflict("这个时段已经开始，不能再办理", code="slot_past")


def office_closed() -> Conflict:
    """The office takes no bookings any more."""
    return Conflict("这个网点已停止预约，请换一个网点", code="office_closed")


def already_booked() -> Conflict:
    """The person has an active booking for this item on this day."""
    return Conflict("您当天已有同一事项的预约，请勿重复预约", code="already_booked")


def booking_overlaps() -> Conflict:
    """The person is to be somewhere at this time."""
    return Conflict("您在这个时间已有其他预约，请换一个时段", code="booking_overlaps")


def too_many_bookings() -> Conflict:
    """The person holds as many seats as one may."""
    most = settings().bookings_per_person
    return Conflict(
        f"每人最多保留{most}个未办理的预约，请先取消不需要的预约", code="too_many_bookings"
    )


def assurance_too_low() -> Forbidden:
    """Nobody can be reached without a phone."""
    return Forbidden("预约前请先绑定手机号", code="assurance_too_low")


def action_not_allowed() -> Conflict:
    """The appointment's status does not allow this."""
    return Conflict("这个预约现在的状态不能这样操作", code="action_not_allowed")


def repeated() -> Conflict:
    """The Idempotency-Key was used before; its first answer is what counts."""
    return Conflict("相同的请求已经处理", code="idempotency_key_in_flight", retry_after=1)


_OF_FUNCTION = {
    "already_booked": already_booked,
    "booking_overlaps": booking_overlaps,
    "too_many_bookings": too_many_bookings,
}


def check(refusal: str | None) -> None:
    """Raise what the database's `appointment_refusal` answered; None is no refusal."""
    if refusal is not None:
        refused = _OF_FUNCTION[refusal]
        raise refused()


_OF_CONSTRAINT = {
    "slot_not_overbooked": slot_full,
    "appointment_once_a_day": already_booked,
    "idempotency_key_pkey": repeated,
}


def of_constraint(error: IntegrityError) -> Exception:
    """The refusal that the violated constraint stands for, or the error itself: our own fault."""
    name = getattr(error.__cause__, "constraint_name", None)
    refusal = _OF_CONSTRAINT.get(name or "")
    return refusal() if refusal else error
