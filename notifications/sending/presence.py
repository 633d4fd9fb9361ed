"""Noticing that PostgreSQL stands still: what waits for it would tell only after half a minute."""

import asyncio

from config.database import aside, ping
from config.outages import DATABASE

PART = "presence"
LOOK_SECONDS = 1.0
# More than a busy loop or machine takes for the smallest of statements.
ANSWER_SECONDS = 5.0


async def look() -> None:
    """Ask it each second, until cancelled; the log hears when it falls silent and is back."""
    while True:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await ping(aside())
        # Whatever the driver raises while the server is away.
        except Exception as error:  # noqa: BLE001
            DATABASE.failed(type(error).__name__, PART)
        else:
            DATABASE.worked(PART)
        await asyncio.sleep(LOOK_SECONDS)
