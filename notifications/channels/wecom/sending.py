"""Sending one card: from a claimed delivery to what became of it.

One of which it is not known whether it arrived is simply sent again: WeCom drops a card that is
the same as one of the last four hours.
"""

import asyncio

from config import clock
from config.settings import settings
from notifications.channels.attempts import Claimed, Outcome, doubtful, sent, unsendable
from notifications.channels.wecom import words
from notifications.channels.wecom.reactions import refused
from wechat import wecom
from wechat.errcodes import WeChatError

SEND_SECONDS = 25.0
AT_ONCE = 16


def in_use() -> bool:
    """Whether the deployment has an app in WeCom."""
    return bool(settings().wecom_corp_id)


def permitted(most: int) -> int:
    """How many may be sent now, of `most`: none, or one, while WeCom is left alone."""
    return wecom.client().breaker.permits(most)


async def close() -> None:
    """Close the connections."""
    await wecom.close()


async def send(claimed: Claimed, *, doubt: float) -> Outcome:
    """Send it; whatever WeCom answers, or that it does not, becomes an outcome."""
    if name := words.refused(claimed.data):
        return unsendable(claimed, f"消息内容不全或含个人信息（{name}）")
    try:
        async with asyncio.timeout(SEND_SECONDS):
            taken = await wecom.send_card(
                claimed.address,
                title=claimed.data[words.TITLE],
                text=claimed.data[words.TEXT],
                page=claimed.page,
                own_id=str(claimed.id),
            )
    except WeChatError as error:
        return refused(claimed, error, at=clock.now(), doubt=doubt)
    except TimeoutError:
        return doubtful(claimed, "企业微信没有及时答复", doubt=doubt)
    return sent(claimed, taken)
