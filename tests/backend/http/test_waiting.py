"""Questions, turns and streams: what waits for others, and for how long at most."""

import asyncio
from typing import Any

import pytest

from backend.http import draining, question
from backend.http.question import Question
from backend.http.streams import MOST_UNSENT, Stream
from backend.http.turns import Turns


class Asked:
    """A server that is asked, and answers when it is let."""

    def __init__(self) -> None:
        self.times = 0
        self.answers: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __call__(self) -> str:
        self.times += 1
        return await self.answers


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps of a moment."""
    monkeypatch.setattr(question, "STEPS", 2)
    monkeypatch.setattr(question, "STEP_SECONDS", 0.001)


async def test_those_who_wait_at_once_ask_once_and_hear_the_same() -> None:
    asked = Asked()
    one = Question(asked)
    waiting = [asyncio.ensure_future(one.answer()) for _ in range(3)]
    await asyncio.sleep(0)
    asked.answers.set_result("there")

    assert await asyncio.gather(*waiting) == ["there"] * 3
    assert asked.times == 1
    assert await one.answer() == "there"
    assert asked.times == 2


@pytest.mark.usefixtures("impatient")
async def test_who_does_not_answer_in_time_is_not_there_and_is_asked_no_second_time() -> None:
    asked = Asked()
    deaf = Question(_deaf(asked))
    assert await deaf.answer() is None
    assert await deaf.answer() is None
    assert asked.times == 1
    asked.answers.set_result("late")
    await asyncio.sleep(0.01)
    assert await deaf.answer() == "late"
    assert asked.times == 2


def _deaf(asked: Asked) -> Any:
    """A driver that goes on waiting for its server when it is told to stop."""

    async def ask() -> str:
        task = asyncio.ensure_future(asked())
        while not task.done():
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                continue
        return task.result()

    return ask


@pytest.mark.usefixtures("impatient")
async def test_a_question_that_hangs_is_asked_anew_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked()
    deaf = Question(_deaf(asked))
    assert await deaf.answer() is None
    monkeypatch.setattr(question, "FORGOTTEN_SECONDS", -1.0)
    assert await deaf.answer() is None
    assert asked.times == 2
    asked.answers.set_result("late")
    await asyncio.sleep(0.01)


async def test_who_fails_is_not_there() -> None:
    async def fails() -> None:
        raise OSError("away")

    async def given_up() -> None:
        raise asyncio.CancelledError

    assert [await Question(each).answer() for each in (fails, given_up)] == [None, None]


async def test_in_a_young_turn_of_the_loop_nobody_waits() -> None:
    turns = Turns()
    order = []
    for number in range(3):
        await turns.mine()
        order.append(number)
    assert order == [0, 1, 2]


async def test_in_an_old_turn_each_waits_for_one_of_its_own_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backend.http.turns.SLICE_SECONDS", -1.0)
    turns, order = Turns(), []

    async def work(number: int) -> None:
        await turns.mine()
        order.append(number)

    tasks = [asyncio.ensure_future(work(number)) for number in range(4)]
    await asyncio.sleep(0)
    begun_at_once = list(order)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # Who gave up waiting keeps nobody behind from a turn.
    assert begun_at_once == [0]
    assert order == [0, 1, 3]


class Transport:
    """What a connection writes to."""

    def __init__(self, *, unsent: int = 0, closing: bool = False) -> None:
        self.written: list[bytes] = []
        self.unsent, self.closing, self.aborted = unsent, closing, False

    def is_closing(self) -> bool:
        return self.closing

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def abort(self) -> None:
        self.aborted = True


def a_stream(transport: Any) -> Stream:
    return Stream(transport)


async def test_each_piece_is_sent_as_a_chunk() -> None:
    transport = Transport(unsent=MOST_UNSENT)
    stream = a_stream(transport)
    assert stream.send(b"id: 1\n\n")
    assert stream.send("局".encode() * 6)
    assert transport.written == [b"7\r\nid: 1\n\n\r\n", b"12\r\n" + "局".encode() * 6 + b"\r\n"]
    assert not transport.aborted


async def test_who_reads_too_slowly_is_cut_off_and_who_has_gone_is_sent_nothing() -> None:
    slow = Transport(unsent=MOST_UNSENT + 1)
    assert not a_stream(slow).send(b"a")
    assert slow.aborted
    gone = Transport(closing=True)
    assert not a_stream(gone).send(b"a")
    assert (gone.written, gone.aborted) == ([], False)


async def test_a_stream_is_over_once_it_was_ended_however_often() -> None:
    stream = a_stream(Transport())
    waiting = asyncio.ensure_future(stream.over())
    await asyncio.sleep(0)
    assert not waiting.done()
    stream.end()
    stream.end()
    await waiting
    await stream.over()


def test_who_asked_to_be_told_is_told_once_that_the_process_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(draining, "_told", [])
    monkeypatch.setitem(draining._state, "draining", False)  # noqa: SLF001
    tell, other = (lambda: told.append("hub")), (lambda: told.append("other"))
    for each in (tell, tell, other):
        draining.when_begun(each)
    assert (draining.begun(), told) == (False, [])
    draining.begin()
    assert (draining.begun(), told) == (True, ["hub", "other"])
