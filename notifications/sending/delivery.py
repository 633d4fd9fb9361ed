"""One attempt to deliver over its channel, whatever goes wrong."""

import structlog

from models import Channel
from notifications.channels import attempts
from notifications.channels.attempts import DOUBT_SECONDS, Claimed, Outcome
from notifications.channels.port import Sending
from notifications.channels.sms import sending as sms
from notifications.channels.wechat import sending as wechat
from notifications.channels.wecom import sending as wecom

SENDERS: dict[Channel, Sending] = {Channel.WECHAT: wechat, Channel.SMS: sms, Channel.WECOM: wecom}

log = structlog.get_logger(__name__)


def in_use() -> list[Channel]:
    """The channels that the deployment has."""
    return [channel for channel, sending in SENDERS.items() if sending.in_use()]


async def close() -> None:
    """Close the connections of all channels."""
    for sending in SENDERS.values():
        await sending.close()


async def deliver(claimed: Claimed, *, doubt: float = DOUBT_SECONDS) -> Outcome:
    """Send one message over its channel; every failure becomes an outcome."""
    try:
        return await SENDERS[claimed.channel].send(claimed, doubt=doubt)
    # One message that trips over a defect of ours must not stop all others.
    except Exception:
        log.exception("delivery_broke", delivery=str(claimed.id), template=claimed.template)
        return attempts.doubtful(claimed, "发送时系统出错", doubt=doubt)
