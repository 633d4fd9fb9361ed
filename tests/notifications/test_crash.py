"""Workers killed while they send: nothing is lost, and nobody gets a message twice."""

import asyncio
import contextlib
import os
import random
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator

from config.embedded import postgres
from models import Delivery, DeliveryStatus
from notifications.templates import templates
from tests import stage
from tests.notifications.factories import a_credit, a_delivery, a_resident
from tests.sandbox.calls import WeChat

RESIDENTS, EACH, KILLS = 50, 4, 3
PATIENCE = 60.0
UNSETTLED = (
    DeliveryStatus.PENDING,
    DeliveryStatus.SENDING,
    DeliveryStatus.UNKNOWN,
    DeliveryStatus.WAITING_CREDIT,
)


@contextlib.asynccontextmanager
async def worker() -> AsyncIterator[Process]:
    """A worker process, killed at the end of the block whatever it is doing."""
    url = postgres.url(stage.RUN_DIR, f"{stage.Kind.EMPTY}_{stage.WORKER}")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.notifications.mortal",
        env={**os.environ, "YIKOU_DATABASE_URL": url},
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def settled(count: int) -> None:
    """Wait until no more than so many deliveries are still to be settled."""
    async with asyncio.timeout(PATIENCE):
        while await Delivery.filter(status__in=UNSETTLED).count() > count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


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


async def test_workers_killed_at_random_lose_and_double_nothing(wechat: WeChat) -> None:
    await wechat.control("options", send_ms=15)
    numbers = await a_backlog(wechat)

    for kill in range(KILLS):
        async with worker():
            await settled(len(numbers) - (kill + 1) * len(numbers) // (KILLS + 2))
            await asyncio.sleep(random.uniform(0, 0.05))
    async with worker():
        await settled(0)

    arrived = Counter(
        message["data"]["character_string2"]["value"]
        for message in (await wechat.shown("messages"))["items"]
    )
    assert arrived == dict.fromkeys(numbers, 1)
    assert await Delivery.filter(status__in=("sent", "delivered")).count() == len(numbers)
    interrupted = await Delivery.filter(attempts__gt=1).count()
    assert interrupted <= KILLS * 4
