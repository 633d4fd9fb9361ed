"""One attempt to deliver: from a claimed row to what became of it."""

import asyncio

import structlog

from config import clock
from notifications.channels.wechat.templates import templates
from notifications.sending import outcomes
from notifications.sending.claims import Claimed
from notifications.sending.outcomes import DOUBT_SECONDS, Outcome
from wechat.errcodes import WeChatError
from wechat.operations import send_subscribe_message

SEND_SECONDS = 25.0
"""The deadline of one attempt, token and repeated connection included; leases are longer."""

log = structlog.get_logger(__name__)


async def deliver(claimed: Claimed, *, doubt: float = DOUBT_SECONDS) -> Outcome:
    """Send one message over its channel; every failure becomes an outcome."""
    template = templates().get(claimed.template)
    if template is None:
        return outcomes.unsendable(claimed, "没有配置这个消息模板，请运维人员检查")
    try:
        async with asyncio.timeout(SEND_SECONDS):
            msgid = await send_subscribe_message(
                claimed.openid, template.id, claimed.data, page=claimed.page
            )
    except WeChatError as error:
        return outcomes.refused(claimed, error, at=clock.now(), doubt=doubt)
    except TimeoutError:
        return outcomes.doubtful(claimed, "微信没有及时答复", doubt=doubt)
    # One message that trips over a defect of ours must not stop all others.
    except Exception:
        log.exception("delivery_broke", delivery=str(claimed.id), template=claimed.template)
        return outcomes.doubtful(claimed, "发送时系统出错", doubt=doubt)
    return outcomes.sent(claimed, msgid)
