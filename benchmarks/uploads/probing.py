"""Asking for liveness at a steady pace, in a process that does nothing else."""

import asyncio
import time

EVERY_SECONDS = 0.005


def probe(port: int, seconds: float) -> list[float]:
    """Seconds that /healthz took, asked every 5 ms on a new connection, however long others take.

    Each web process has connections of its own, so new ones reach all of them.
    """
    return asyncio.run(_probe(port, seconds))


async def _probe(port: int, seconds: float) -> list[float]:
    took: list[float] = []

    async def ask() -> None:
        begun = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        if not (await reader.read()).startswith(b"HTTP/1.1 200 "):
            raise ConnectionError
        took.append(time.perf_counter() - begun)
        writer.close()

    async with asyncio.TaskGroup() as group:
        start = time.monotonic()
        for number in range(round(seconds / EVERY_SECONDS)):
            await asyncio.sleep(start + number * EVERY_SECONDS - time.monotonic())
            group.create_task(ask())
    return took
