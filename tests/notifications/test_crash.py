"""Workers killed while they send: nothing is lost, and nobody gets a message twice."""

import asyncio
import contextlib
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from tortoise import timezone

from config.embedded import postgres
from models import Delivery, DeliveryStatus
from notifications.channels.wechat.templates import templates
from tests import stage
from tests.forked import Forked, Main
from tests.notifications.factories import a_credit, a_delivery, a_resident
from tests.sandbox.calls import WeChat

RESIDENTS, EACH, KILLS = 20, 4, 3
PATIENCE = 120.0
UNSETTLED = (
    DeliveryStatus.PENDING,
    DeliveryStatus.SENDING,
    DeliveryStatus.UNKNOWN,
    DeliveryStatus.WAITING_CREDIT,
)


@contextlib.asynccontextmanager
async def worker(output: Path) -> AsyncIterator[None]:
    """A worker process, killed at the end of the block whatever it is doing."""
    url = postgres.url(stage.RUN_DIR, f"{stage.Kind.EMPTY}_{stage.WORKER}")
    environ = os.environ | {"YIKOU_DATABASE_URL": url}
    process = Forked(Main("tests.notifications.mortal"), environ, out=output, err=output)
    try:
        yield
    finally:
        process.kill()
        process.wait()
        # Nobody sends now, and the dead one's leases are over as if their time had passed.
        await Delivery.filter(status=DeliveryStatus.SENDING).update(due_at=timezone.now())


async def settled(count: int) -> None:
    """Wait until no more than so many deliveries are still to be settled."""
    async with asyncio.timeout(PATIENCE):
        while await Delivery.filter(status__in=UNSETTLED).count() > count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def a_backlog(wechat: WeChat) -> list[str]:
    """Messages to many residents who all consented; the case numbers they are about."""
    numbers = []
    for person in range(RESIDENTS):
        user = f"resident-{person}"
        await wechat.control(
            f"users/{user}", credits={templates()["case_progress"].id: EACH + KILLS}
        )
        resident = await a_resident(await wechat.openid(user))
        await a_credit(resident, grants=EACH + KILLS)
        written = [await a_delivery(resident) for _ in range(EACH)]
        numbers += [delivery.data["character_string2"] for delivery in written]
    return numbers


async def test_workers_killed_at_random_lose_and_double_nothing(
    wechat: WeChat, tmp_path: Path
) -> None:
    await wechat.control("options", send_ms=15)
    numbers = await a_backlog(wechat)
    output = tmp_path / "workers.log"

    for kill in range(KILLS):
        async with worker(output):
            await settled(len(numbers) - (kill + 1) * len(numbers) // (KILLS + 2))
            await asyncio.sleep(random.uniform(0, 0.05))
    async with worker(output):
        await settled(0)

    arrived = Counter(
        message["data"]["character_string2"]["value"]
        for message in (await wechat.shown("messages"))["items"]
    )
    assert arrived == dict.fromkeys(numbers, 1)
    assert await Delivery.filter(status__in=("sent", "delivered")).count() == len(numbers)
    interrupted = await Delivery.filter(attempts__gt=1).count()
    assert interrupted <= KILLS * 4
