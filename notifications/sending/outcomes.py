"""What becomes of a delivery after an attempt: the reaction to each class of WeChat's errors."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from config.breaker import PAUSE_SECONDS
from config.clock import CITY_TIME
from models import DeliveryStatus
from notifications.sending.claims import Claimed
from wechat.errcodes import NotAsked, Reaction, WeChatError

DOUBT_SECONDS = 15.0
"""Longer than WeChat tries to tell us of a message, three times five seconds."""

MSGID_MAX = 64
BACKOFF_SECONDS = 5.0
BACKOFF_MAX_SECONDS = 900.0
CONFIGURATION_SECONDS = 600.0
SERIALISE_SECONDS = 1.0


class CreditChange(StrEnum):
    """What a failed attempt does to the credit it took: given back, or found to be an illusion."""

    REFUND = "refund"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one attempt of a delivery ended; `wait` are the seconds until it is due again.

    With `lease`, the claim that ended then led to no attempt, and none is counted.
    """

    id: UUID
    attempt: int
    status: DeliveryStatus
    reaction: str = "sent"
    wait: float | None = None
    errcode: int | None = None
    error: str | None = None
    provider_id: str | None = None
    credit: CreditChange | None = None
    lease: datetime | None = None


REASONS: dict[Reaction, str] = {
    Reaction.RETRY: "微信系统繁忙",
    Reaction.REFRESH_TOKEN: "微信调用凭证失效",
    Reaction.WAIT_MINUTE: "微信每分钟发送额度已用完",
    Reaction.WAIT_DAY: "微信当日发送额度已用完",
    Reaction.SERIALISE: "同一用户的消息正在发送",
    Reaction.NO_CREDIT: "用户未订阅或订阅次数已用完",
    Reaction.NEW_CODE: "微信不接受这条消息",
    Reaction.BLOCKED: "微信限制了该用户",
    Reaction.PERMANENT: "微信不接受这条消息",
    Reaction.CONFIGURATION: "小程序配置有误，请运维人员检查",
}
REASONS_OF: dict[int, str] = {
    40003: "用户标识无效",
    40037: "消息模板不存在，请运维人员检查",
    41030: "消息跳转页面不存在，请运维人员检查",
    43107: "消息模板或订阅能力被封禁，请运维人员检查",
    45168: "消息含微信不允许的词语",
    47003: "消息内容不符合模板",
}


def sent(claimed: Claimed, msgid: str | None) -> Outcome:
    """WeChat took the message; its event will say whether it arrived."""
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=DeliveryStatus.SENT,
        provider_id=msgid and msgid.replace("\0", "")[:MSGID_MAX],
    )


def doubtful(claimed: Claimed, reason: str, *, doubt: float) -> Outcome:
    """Nobody knows whether WeChat took the message; give its event `doubt` seconds, then more."""
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=DeliveryStatus.UNKNOWN,
        reaction="doubt",
        wait=doubt * 2 ** min(claimed.attempt - 1, 6),
        errcode=-1,
        error=reason,
    )


def refused(claimed: Claimed, error: WeChatError, *, at: datetime, doubt: float) -> Outcome:
    """WeChat's answer, or its absence, decides: again when, or given up for which reason."""
    if isinstance(error, NotAsked):
        return postponed(claimed)
    if error.ambiguous:
        return doubtful(claimed, "没有收到微信的确定答复", doubt=doubt)
    reaction = error.reaction
    reason = REASONS_OF.get(error.errcode, REASONS[reaction])
    if error.field:
        reason += f"（{error.field}）"
    if reaction is Reaction.NO_CREDIT:
        status, wait, credit = DeliveryStatus.WAITING_CREDIT, None, CreditChange.VOID
    else:
        wait = WAITS[reaction](claimed.attempt, at) if reaction in WAITS else None
        late = wait is None or at + timedelta(seconds=wait) >= claimed.expires_at
        status = DeliveryStatus.FAILED if late else DeliveryStatus.PENDING
        credit = CreditChange.REFUND
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=status,
        reaction=reaction,
        wait=wait if status is DeliveryStatus.PENDING else None,
        errcode=error.errcode,
        error=reason,
        credit=credit,
    )


def postponed(claimed: Claimed) -> Outcome:
    """WeChat is left alone for now: nothing was tried, and all is as before the claim."""
    doubtful = claimed.former is DeliveryStatus.UNKNOWN
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=claimed.former,
        reaction="postponed",
        wait=PAUSE_SECONDS,
        error="微信暂时没有响应，稍后再发",
        # What may have arrived keeps its credit; this claim took none for it.
        credit=None if doubtful else CreditChange.REFUND,
        lease=claimed.lease,
    )


def unsendable(claimed: Claimed, reason: str) -> Outcome:
    """We can't even try: given up, with the reason for the operator."""
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=DeliveryStatus.FAILED,
        reaction="unsendable",
        error=reason,
        credit=CreditChange.REFUND,
    )


def _backoff(attempt: int, _at: datetime) -> float:
    return _jitter(min(BACKOFF_SECONDS * 2 ** min(attempt - 1, 20), BACKOFF_MAX_SECONDS))


def _next_minute(_attempt: int, at: datetime) -> float:
    return 60 - at.second + random.uniform(0, 10)  # noqa: S311 - spreads the load


def _next_day(_attempt: int, at: datetime) -> float:
    local = at.astimezone(CITY_TIME)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return (midnight - local).total_seconds() + random.uniform(0, 600)  # noqa: S311 - likewise


def _after_repair(_attempt: int, _at: datetime) -> float:
    return _jitter(CONFIGURATION_SECONDS)


def _one_at_a_time(_attempt: int, _at: datetime) -> float:
    return _jitter(SERIALISE_SECONDS)


def _jitter(seconds: float) -> float:
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - spreads the load


WAITS: dict[Reaction, Callable[[int, datetime], float]] = {
    Reaction.RETRY: _backoff,
    Reaction.REFRESH_TOKEN: _backoff,
    Reaction.WAIT_MINUTE: _next_minute,
    Reaction.WAIT_DAY: _next_day,
    Reaction.SERIALISE: _one_at_a_time,
    Reaction.CONFIGURATION: _after_repair,
}
"""The classes worth another attempt, and in how many seconds."""
