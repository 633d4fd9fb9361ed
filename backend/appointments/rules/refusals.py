"""Why a seat is refused, also where a constraint of the database says it."""

from collections.abc import Mapping
from typing import Any

from tortoise.exceptions import IntegrityError

from backend.errors import Conflict, Invalid, InvalidParam, NotFound, ServiceError
from backend.idempotency.refusals import IdempotencyKeyInFlight
from config.settings import settings


class AppointmentNotFound(NotFound):
    """没有找到这个预约

    没有这个预约，或不是本人（工作人员：所在单位网点）的预约。
    """


class OfficeNotFound(NotFound):
    """没有找到这个网点

    没有这个网点。
    """


class SlotNotFound(NotFound):
    """没有找到这个时段

    没有这个时段。请重新读取时段。
    """


class AlreadyBooked(Conflict):
    """您当天已有同一事项的预约，请勿重复预约

    当天已有同一事项的预约。请改期或先取消原来的预约。
    """


class BookingOverlaps(Conflict):
    """您在这个时间已有其他预约，请换一个时段

    同一时间已有其他预约。请换一个时段，或先取消原来的预约。
    """


class OfficeClosed(Conflict):
    """这个网点已停止预约，请换一个网点

    该网点已停止预约，或当天停止办理。请换一个网点或一天。
    """


def check_not_closed(found: Mapping[str, Any]) -> None:
    """OfficeClosed, which says whether it is the office or only that day."""
    if not found["open"]:
        raise OfficeClosed
    if found["shut"]:
        raise OfficeClosed("这个网点当天停止办理，请换一天或换一个网点")


class SlotFull(Conflict):
    """这个时段已约满，请换一个时段

    这个时段已约满。请重新读取时段，另选一个。
    """


class SlotPast(Conflict):
    """这个时段已经开始，不能再办理

    这个时段已经开始。请另选一个。
    """


class TooManyBookings(Conflict):
    """每人最多保留{most}个未办理的预约，请先取消不需要的预约

    未办理的预约已达上限。请先取消不需要的预约。
    """

    example = {"most": 3}

    def __init__(self) -> None:
        super().__init__(self.sentence.format(most=settings().bookings_per_person))


class DaysInvalid(Invalid):
    """日期范围有误：须从早到晚，最多{most}天

    日期范围有误。须从早到晚，最多31天。
    """

    example = {"most": 31}

    def __init__(self, most: int) -> None:
        said = self.sentence.format(most=most)
        reason = said.partition("：")[2]
        super().__init__(said, invalid_params=[InvalidParam("to", self.code, reason)])


class FormNotAsked(Invalid):
    """预约时不用填写表单

    只有直接预约的事项（flow 为 booking）在预约时填写表单。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("form", self.code, "请去掉 form")])


class ItemNotBookable(Invalid):
    """没有这个事项

    该事项不需要预约，或没有这个事项。
    """

    def __init__(self, detail: str = "") -> None:
        said = detail or self.sentence
        super().__init__(said, invalid_params=[InvalidParam("item_code", self.code, said)])


class ItemNotOfCase(Invalid):
    """这个办件不是该事项的办件

    给出的办件不是该事项的办件。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("item_code", self.code, self.sentence)])


class ItemNotServed(Invalid):
    """{office}不办理“{item}”

    该网点不办理这个事项。请换一个网点。
    """

    example = {"office": "和平区政务服务大厅", "item": "居住证办理"}

    def __init__(self, *, office: str, item: str, field: str) -> None:
        said = self.sentence.format(office=office, item=item)
        super().__init__(said, invalid_params=[InvalidParam(field, self.code, said)])


_OF_MOVING = {each.code: each for each in (AlreadyBooked, BookingOverlaps)}


def check_moved(refusal: str | None) -> None:
    """Raise what the database's `appointment_refusal` answered for another slot; None is none."""
    if refusal is not None:
        raise _OF_MOVING[refusal]


def check_booked(refusal: str | None) -> None:
    """Raise what it answered for one seat more."""
    if refusal == TooManyBookings.code:
        raise TooManyBookings
    check_moved(refusal)


_OF_CONSTRAINT: dict[str, type[ServiceError]] = {
    "slot_not_overbooked": SlotFull,
    "appointment_once_a_day": AlreadyBooked,
    "idempotency_key_pkey": IdempotencyKeyInFlight,
}


def constraint_of(error: IntegrityError) -> str:
    """The name of the violated constraint."""
    return getattr(error.__cause__, "constraint_name", None) or ""


def of_constraint(error: IntegrityError) -> Exception:
    """The refusal that the violated constraint stands for, or the error itself: our own fault."""
    refusal = _OF_CONSTRAINT.get(constraint_of(error))
    return refusal() if refusal else error
