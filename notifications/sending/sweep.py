"""The worker's own periodic job: what no tap, answer or event will move any more."""

from datetime import datetime

import structlog

from config.database import connection
from models import Channel
from notifications.channels.wechat import credit
from notifications.sending import gauges, statements
from notifications.sending.delivery import in_use
from notifications.sending.handing_on import hand_on
from notifications.sending.staff_copies import copy_to_staff
from notifications.telling.outbox import wake

log = structlog.get_logger(__name__)


async def sweep(*, now: datetime) -> None:
    """Revive copies that have a credit after all; give up those too late to be of use.

    What matters and was not delivered goes on to the next channel.
    """
    revived = await credit.revive()
    unpaid = await credit.give_up(now=now)
    lapsed = await connection().execute_query_dict(
        statements.LET_LAPSE, ["超过24小时未能送出", now]
    )
    gauges.DELIVERIES.labels(Channel.WECHAT, "", "dropped", "no_credit").inc(unpaid)
    for row in lapsed:
        gauges.DELIVERIES.labels(row["channel"], "", "failed", "expired").inc()
    for channel, seconds in (await gauges.oldest_unsent()).items():
        gauges.BACKLOG.labels(channel).set(seconds)
    channels = in_use()
    made = await hand_on(channels, now=now)
    if Channel.WECOM in channels:
        made += await copy_to_staff(now=now)
    if revived or made:
        wake()
    if lapsed:
        log.error("deliveries_expired", count=len(lapsed))
