"""Streams of events over two web processes: one is killed, and both leave in order."""

import os
import signal
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from aiohttp import ClientError

from tests.launcher.test_web import PATIENCE, Web, web  # noqa: F401 - the fixture
from tests.staff_api.test_events import Stream, changed, listening, member

MEMBERS, MOST = 4, 24


async def test_who_listens_misses_nothing_when_a_process_is_killed_and_ends_with_it(
    web: Web,  # noqa: F811
) -> None:
    tokens = [(await member())[1] for _ in range(MEMBERS)]
    streams: list[tuple[str, Stream]] = []
    async with AsyncExitStack() as undo:
        while len(streams) < MEMBERS or not all(held(pid, web) for pid in web.serving()):
            assert len(streams) < MOST
            token = tokens[len(streams) % MEMBERS]
            stream = await undo.enter_async_context(listening(web.url, token))
            streams.append((token, stream))
        first = await changed()
        for _, stream in streams:
            assert await heard(stream, str(first))
        os.kill(web.serving()[0], signal.SIGKILL)

        missed = await changed()
        broken = [
            (token, stream.last_id)
            for token, stream in streams
            if not await heard(stream, str(missed))
        ]
        assert 0 < len(broken) < len(streams)
        resumed = [
            await undo.enter_async_context(listening(web.url, token, after=last))
            for token, last in broken
        ]
        for stream in resumed:
            assert await heard(stream, str(missed))

        web.process.send_signal(signal.SIGTERM)
        for stream in resumed:
            while await stream.next():
                pass
    assert web.process.wait(PATIENCE) == 0


def held(pid: int, web: Web) -> int:  # noqa: F811
    """How many connections of clients this process has."""
    port = f"{int(web.url.rpartition(':')[2]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port}") and row[3] == "01"}
    found = 0
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            found += str(handle.readlink()) in ours
    return found


async def heard(stream: Stream, task: str) -> bool:
    """Whether it tells of the task before it breaks."""
    try:
        while found := await stream.next():
            if task in found["data"]:
                return True
    except ClientError:
        pass
    return False
