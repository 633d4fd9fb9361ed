import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import repeat

import pytest

from benchmarks.load import LoadFailed, press

OK = b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"
REFUSED = b"HTTP/1.1 409 Conflict\r\ncontent-length: 4\r\n\r\nfull"
Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(reply: Reply) -> AsyncIterator[int]:
    """A server that replies so to each request of four bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.read(4):
                await reply(writer)
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


async def test_answers_are_counted_whole_and_refusals_apart() -> None:
    answers = iter([OK, REFUSED, OK])

    async def in_pieces(writer: asyncio.StreamWriter) -> None:
        answer = next(answers)
        writer.write(answer[:30])
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(answer[30:])

    async with server(in_pieces) as port:
        tally = await press(port, repeat(b"ask\n", 3), clients=1, seconds=5)

    assert (tally.answered, tally.refused) == (2, 1)
    assert tally.refusal.endswith("full")
    assert tally.rate > 0


async def test_the_time_ends_a_load() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(OK)

    async with server(answer) as port:
        tally = await press(port, repeat(b"ask\n"), clients=4, seconds=0.05)

    assert tally.answered > 4
    assert tally.refused == 0


async def test_a_closed_connection_fails_the_load() -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with server(hang_up) as port:
        with pytest.raises(LoadFailed):
            await press(port, repeat(b"ask\n"), clients=2, seconds=1)
