"""Sending one subscribe message: from a claimed delivery to what became of it."""

import asyncio

from config import clock
from notifications.channels.attempts import Claimed, Outcome, doubtful, sent, unsendable
from notifications.channels.wechat import words
from notifications.channels.wechat.reactions import refused
from notifications.channels.wechat.templates import templates
from wechat import client
from wechat.errcodes import WeChatError
from wechat.operations import send_subscribe_message, sends_permitted

SEND_SECONDS = 25.0
"""The deadline of one attempt, token and repeated connection included; leases are longer."""
AT_ONCE = 128


def in_use() -> bool:
    """Always: without WeChat of its own, a deployment has the sandbox's."""
    return True


def permitted(most: int) -> int:
    """How many may be sent now, of `most`: none, or one, while WeChat is left alone."""
    return sends_permitted(most)


async def close() -> None:
    """Close the connections."""
    await client.close()


async def send(claimed: Claimed, *, doubt: float) -> Outcome:
    """Send it; whatever WeChat answers, or that it does not, becomes an outcome."""
    template = templates().get(claimed.template)
    if template is None:
        return unsendable(claimed, "没有配置这个消息模板，请运维人员检查")
    if key := words.refused(claimed.data):
        return unsendable(claimed, f"消息内容不符合模板或含个人信息（{key}）")
    try:
        async with asyncio.timeout(SEND_SECONDS):
            msgid = await send_subscribe_message(
                claimed.address, template.id, claimed.data, page=claimed.page
            )
    except WeChatError as error:
        return refused(claimed, error, at=clock.now(), doubt=doubt)
    except TimeoutError:
        return doubtful(claimed, "微信没有及时答复", doubt=doubt)
    return sent(claimed, msgid)
