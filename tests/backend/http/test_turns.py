"""Between requests that came at once the loop that we serve on lets in whoever came after them."""

import asyncio
import socket
import time
from contextlib import ExitStack

import uvloop

from backend.http import turns
from backend.http.turns import Turns

MANY = 40


async def done_when_the_last_is_heard(listening: socket.socket) -> int:
    """How many requests were done by then."""
    ours, done = Turns(), 0
    heard: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    served = set[asyncio.Task[None] | None]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal done
        served.add(asyncio.current_task())
        if await reader.readline() == b"alive\n":
            heard.set_result(done)
        else:
            await ours.mine()
        if not heard.done():
            time.sleep(2 * turns.SLICE_SECONDS)  # noqa: ASYNC251 - it computes
            done += 1
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, sock=listening):
        before = await heard
        await asyncio.gather(*filter(None, served))
    return before


def test_who_comes_after_many_is_heard_before_half_of_them_are_done() -> None:
    with ExitStack() as held, socket.create_server(("127.0.0.1", 0), backlog=2 * MANY) as listening:
        for said in (*[b"long\n"] * MANY, b"alive\n"):
            asked = held.enter_context(socket.create_connection(listening.getsockname()))
            asked.sendall(said)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            assert runner.run(done_when_the_last_is_heard(listening)) < MANY / 2
