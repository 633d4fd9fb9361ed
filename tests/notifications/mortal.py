"""`python -m tests.notifications.mortal`: a real worker that soon notices the death of another."""

import asyncio

from config import database
from notifications.worker import Pace, Worker

PACE = Pace(at_once=4, lease=1.5, doubt=1.0, poll=0.1)


async def _work() -> None:
    await database.connect()
    await Worker(PACE).run()


if __name__ == "__main__":
    asyncio.run(_work())
