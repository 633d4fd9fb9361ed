"""Each errcode of a send: what becomes of the delivery and its credit, and when it goes again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from models import Channel, DeliveryStatus
from notifications.channels import attempts
from notifications.channels.attempts import Claimed, CreditChange, Outcome
from notifications.channels.wechat import reactions
from wechat.errcodes import Reaction, WeChatError, WeChatUnavailable

AT = datetime(2026, 11, 23, 15, 59, 20, tzinfo=UTC)  # 23:59:20 in the city
PENDING, FAILED, WAITING = (
    DeliveryStatus.PENDING,
    DeliveryStatus.FAILED,
    DeliveryStatus.WAITING_CREDIT,
)


def _claimed(attempt: int = 1, hours_left: float = 24) -> Claimed:
    return Claimed(
        id=UUID(int=1),
        attempt=attempt,
        lease=AT,
        former=PENDING,
        channel=Channel.WECHAT,
        address="o1",
        template="case_progress",
        page="",
        data={},
        ready_at=AT,
        expires_at=AT + timedelta(hours=hours_left),
    )


def _refused(error: WeChatError, **claim: float) -> Outcome:
    claimed = _claimed(int(claim.pop("attempt", 1)), **claim)
    return reactions.refused(claimed, error, at=AT, doubt=15)


@pytest.mark.parametrize(
    ("errcode", "status", "soonest", "latest"),
    [
        (40001, PENDING, 3, 7),
        (40014, PENDING, 3, 7),
        (42001, PENDING, 3, 7),
        (40003, FAILED, None, None),
        (40037, PENDING, 450, 750),
        (41030, PENDING, 450, 750),
        (43107, PENDING, 450, 750),
        (43108, PENDING, 0.5, 1.5),
        (45168, FAILED, None, None),
        (47003, FAILED, None, None),
        (45011, PENDING, 40, 50),
        (45009, PENDING, 40, 640),
        (48001, PENDING, 450, 750),
        (99999, PENDING, 3, 7),
    ],
)
def test_a_refusal_is_tried_again_or_given_up_by_its_class(
    errcode: int, status: DeliveryStatus, soonest: float | None, latest: float | None
) -> None:
    outcome = _refused(WeChatError(errcode, "rid: 1"))

    assert outcome.status is status
    assert outcome.errcode == errcode
    assert outcome.error
    assert outcome.credit is CreditChange.REFUND
    if soonest is None or latest is None:
        assert outcome.wait is None
    else:
        assert outcome.wait is not None
        assert soonest <= outcome.wait <= latest


def test_without_credit_the_ledger_is_voided_and_the_copy_waits() -> None:
    outcome = _refused(WeChatError(43101, "user refuse to accept the msg"))

    assert (outcome.status, outcome.credit) == (WAITING, CreditChange.VOID)


def test_the_field_that_wechat_named_stands_in_the_reason() -> None:
    outcome = _refused(WeChatError(47003, "argument invalid! data.thing4.value invalid"))

    assert outcome.error == "消息内容不符合模板（thing4）"


def test_a_lost_answer_keeps_its_credit_and_gives_the_event_time() -> None:
    lost = WeChatUnavailable("no answer in time", ambiguous=True)

    waits = [_refused(lost, attempt=attempt).wait for attempt in (1, 2, 3)]

    assert waits == [15, 30, 60]
    assert _refused(lost).status is DeliveryStatus.UNKNOWN
    assert _refused(lost).credit is None


def test_what_never_left_is_simply_tried_again() -> None:
    outcome = _refused(WeChatUnavailable("no connection", ambiguous=False))

    assert (outcome.status, outcome.credit) == (PENDING, CreditChange.REFUND)


def test_the_pauses_grow_up_to_a_quarter_of_an_hour() -> None:
    waits = [
        _refused(WeChatError(99999, ""), attempt=attempt).wait or 0 for attempt in (1, 4, 8, 50)
    ]

    assert [low <= wait <= high for wait, (low, high) in zip(waits, BOUNDS, strict=True)] == [
        True
    ] * 4


BOUNDS = [(3.75, 6.25), (30, 50), (480, 800), (675, 1125)]


def test_a_copy_that_would_come_too_late_is_given_up() -> None:
    outcome = _refused(WeChatError(48001, ""), hours_left=0.1)

    assert (outcome.status, outcome.wait) == (FAILED, None)


def test_every_class_has_a_reason() -> None:
    assert reactions.REASONS.keys() == set(Reaction)


def test_a_message_id_of_any_kind_fits_its_column() -> None:
    assert attempts.sent(_claimed(), "9" * 99 + "\0").provider_id == "9" * 64
