"""Sending one short message: from a claimed delivery to what became of it."""

import asyncio
import re
from datetime import datetime, timedelta

import structlog

from config import clock
from config.settings import settings
from models import DeliveryStatus
from notifications.channels.attempts import Claimed, Outcome, doubtful, sent, unsendable
from notifications.channels.sms import client, reactions, words
from notifications.channels.sms.client import NotAsked, SmsError

SEND_SECONDS = 20.0
AT_ONCE = 32
PATIENCE = 2.5
"""How many times as long as an event of WeChat what was sent takes to be found again."""
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_WAITING, _FAILED, _DELIVERED = 1, 2, 3

log = structlog.get_logger(__name__)


def in_use() -> bool:
    """Whether short messages are sent, or written to the log instead."""
    return settings().sms_by != "off"


def permitted(most: int) -> int:
    """How many may be sent now, of `most`: none, or one, while Alibaba is left alone."""
    return client.client().breaker.permits(most)


async def close() -> None:
    """Close the connections."""
    await client.close()


async def send(claimed: Claimed, *, doubt: float) -> Outcome:
    """Send it; one of which it is not known whether it was sent is looked for first."""
    if settings().sms_by == "log":
        log.info("sms_not_sent", delivery=str(claimed.id), template=claimed.template)
        return sent(claimed, None)
    if fault := _fault(claimed):
        return unsendable(claimed, fault)
    now, doubt = clock.now(), doubt * PATIENCE
    try:
        async with asyncio.timeout(SEND_SECONDS):
            if claimed.former is DeliveryStatus.UNKNOWN and (
                found := await _found(claimed, now=now, doubt=doubt)
            ):
                return found
            taken = await client.send(
                claimed.address,
                sign=settings().sms_sign,
                template=words.template(claimed.template),
                data=claimed.data,
                own_id=str(claimed.id),
                now=now,
            )
    except SmsError as error:
        return reactions.refused(claimed, error, at=clock.now(), doubt=doubt)
    except TimeoutError:
        return doubtful(claimed, "短信服务没有及时答复", doubt=doubt)
    reactions.taken()
    return sent(claimed, taken)


def _fault(claimed: Claimed) -> str | None:
    """Why it need not be tried."""
    if not words.template(claimed.template):
        return "没有配置这类短信的模板，请运维人员检查"
    if name := words.refused(claimed.data):
        return f"短信内容不符合要求或含个人信息（{name}）"
    return None if _MOBILE.fullmatch(claimed.address) else "不是中国大陆的手机号码"


async def _found(claimed: Claimed, *, now: datetime, doubt: float) -> Outcome | None:
    """What became of an earlier attempt; None if Alibaba knows of none, so that it may be sent."""
    day, last = clock.city_day(claimed.ready_at), clock.city_day(now)
    while day <= last:
        try:
            rows = await client.details(claimed.address, day, now=now)
        except NotAsked:
            raise
        except SmsError as error:
            # Without an answer nothing is known, whatever was asked.
            return doubtful(claimed, f"尚不能查明是否已发送（{error.code}）", doubt=doubt)
        for row in rows:
            if row.get("OutId") == str(claimed.id):
                return _settled(claimed, row)
        day += timedelta(days=1)
    return None


def _settled(claimed: Claimed, row: dict[str, object]) -> Outcome:
    status = row.get("SendStatus")
    if status == _WAITING:
        return sent(claimed, None)
    delivered = status == _DELIVERED
    return Outcome(
        id=claimed.id,
        attempt=claimed.attempt,
        status=DeliveryStatus.DELIVERED if delivered else DeliveryStatus.FAILED,
        reaction="found",
        error=None if delivered else f"运营商未送达（{str(row.get('ErrCode', ''))[:32]}）",
    )
