"""Why a seat is refused, also where a constraint of the database says it."""

from tortoise.exceptions import IntegrityError

from backend.errors import Conflict, NotFound


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


def action_not_allowed() -> Conflict:
    """The appointment's status does not allow this."""
    return Conflict("这个预约现在的状态不能这样操作", code="action_not_allowed")


def repeated() -> Conflict:
    """The Idempotency-Key was used before; its first answer is what counts."""
    return Conflict("相同的请求已经处理", code="idempotency_key_in_flight", retry_after=1)


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
