"""`python -m benchmarks.peer.sender`: sends what is pending, a hundred at once, and ends.

It knows no credits, no classes of errors and no crash: what is sent twice is sent twice.
"""

import asyncio
from datetime import UTC, datetime

import httpx
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from benchmarks.peer.database import engine, sessions
from benchmarks.peer.tables import Delivery
from config.settings import settings

BATCH = 100
_PATH = "/cgi-bin/message/subscribe/send"


async def main() -> None:
    """Send batch by batch until nothing is pending."""
    async with httpx.AsyncClient(base_url=settings().wechat_api_url, timeout=10) as client:
        while await _batch(client):
            pass
    await engine.dispose()


async def _batch(client: httpx.AsyncClient) -> int:
    async with sessions() as session:
        query = (
            select(Delivery)
            .where(Delivery.status == "pending", Delivery.due_at <= datetime.now(UTC))
            .options(joinedload(Delivery.resident, innerjoin=True))
            .order_by(Delivery.due_at)
            .limit(BATCH)
            .with_for_update(of=Delivery, skip_locked=True)
        )
        claimed = list(await session.scalars(query))
        await asyncio.gather(*[_send(client, each) for each in claimed])
        await session.commit()
        return len(claimed)


async def _send(client: httpx.AsyncClient, delivery: Delivery) -> None:
    answer = await client.post(
        _PATH,
        params={"access_token": "peer"},
        json={
            "touser": delivery.resident.openid,
            "template_id": delivery.template,
            "page": delivery.page,
            "data": {key: {"value": text} for key, text in delivery.data.items()},
        },
    )
    said = answer.json()
    delivery.attempts += 1
    if said["errcode"] == 0:
        delivery.status = "sent"
        delivery.sent_at = datetime.now(UTC)
        delivery.provider_id = str(said["msgid"])


if __name__ == "__main__":
    asyncio.run(main())
