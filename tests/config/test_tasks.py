import asyncio

import pytest
from structlog.testing import capture_logs

from config import tasks


async def test_a_task_that_fails_or_returns_is_started_again_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "PAUSE_SECONDS", 0)
    third = asyncio.Event()
    starts = 0

    async def run() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise RuntimeError("made to fail")
        if starts == 3:
            third.set()
            await asyncio.Event().wait()

    with capture_logs() as lines:
        task = tasks.keep("made_up", run)
        async with asyncio.timeout(10):
            await third.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    told = [(line["event"], line["task"], line["error"]) for line in lines]
    assert told == [("task_ended", "made_up", "RuntimeError"), ("task_ended", "made_up", None)]
    assert task.cancelled()
