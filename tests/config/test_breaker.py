import asyncio

import pytest
from structlog.testing import capture_logs

from config.breaker import PAUSE_SECONDS, Breaker, State
from config.metrics import render
from tests.config.clock import Clock


class Away(Exception):
    """The server is in trouble."""


class Refused(Exception):
    """The breaker's refusal."""


def a_breaker(*, most: int = 1) -> Breaker:
    return Breaker("test", fails=lambda error: isinstance(error, Away), refusal=Refused, most=most)


def ask(given: Breaker, error: BaseException | None = None) -> None:
    """One call through the breaker, ending with this error or with an answer."""
    with given.guard():
        if error:
            raise error


def state(given: Breaker) -> State:
    return given.state


def fail(given: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(Away):
            ask(given, Away())


def test_it_opens_after_so_many_failures_in_a_row(clock: Clock) -> None:
    given = a_breaker(most=3)

    fail(given, 2)
    ask(given)
    fail(given, 2)
    assert state(given) is State.CLOSED
    fail(given)

    assert state(given) is State.OPEN
    with pytest.raises(Refused):
        ask(given)


def test_the_end_tells_how_long_it_was_since_the_first_failure(clock: Clock) -> None:
    given = a_breaker(most=3)

    with capture_logs() as lines:
        for _ in range(3):
            fail(given)
            clock.now += 4
        clock.now += PAUSE_SECONDS
        ask(given)

    assert lines[-1]["seconds"] == 3 * 4 + PAUSE_SECONDS


def test_an_error_that_the_server_answered_with_is_an_answer(clock: Clock) -> None:
    given = a_breaker(most=2)

    fail(given)
    with pytest.raises(ValueError, match="no"):
        ask(given, ValueError("no"))
    fail(given)

    assert state(given) is State.CLOSED


async def test_after_the_pause_one_call_decides_for_all(clock: Clock) -> None:
    given, reached, answer = a_breaker(), asyncio.Event(), asyncio.Event()
    fail(given)
    clock.now += PAUSE_SECONDS

    async def call() -> None:
        with given.guard():
            reached.set()
            await answer.wait()

    first = asyncio.get_running_loop().create_task(call())
    await reached.wait()
    others = await asyncio.gather(*(call() for _ in range(50)), return_exceptions=True)
    assert {type(error) for error in others} == {Refused}
    answer.set()
    await first

    assert state(given) is State.CLOSED


def test_a_call_that_fails_after_the_pause_begins_another(clock: Clock) -> None:
    given = a_breaker(most=3)
    fail(given, 3)

    for _ in range(3):
        clock.now += PAUSE_SECONDS
        assert state(given) is State.HALF_OPEN
        fail(given)
        assert state(given) is State.OPEN


def test_who_gives_up_waiting_after_the_pause_begins_another(clock: Clock) -> None:
    given = a_breaker()
    fail(given)
    clock.now += PAUSE_SECONDS

    with pytest.raises(asyncio.CancelledError):
        ask(given, asyncio.CancelledError())

    assert state(given) is State.OPEN
    clock.now += PAUSE_SECONDS
    ask(given)
    assert state(given) is State.CLOSED


def test_who_gives_up_waiting_before_opens_nothing(clock: Clock) -> None:
    given = a_breaker()

    with pytest.raises(asyncio.CancelledError):
        ask(given, asyncio.CancelledError())

    assert state(given) is State.CLOSED


def test_news_of_calls_from_before_change_nothing(clock: Clock) -> None:
    given = a_breaker()
    good, bad = given.guard(), given.guard()
    for early in (good, bad):
        early.__enter__()
    fail(given)
    clock.now += PAUSE_SECONDS

    error = Away()
    assert not bad.__exit__(Away, error, None)
    good.__exit__(None, None, None)

    assert state(given) is State.HALF_OPEN


def test_it_tells_how_many_calls_would_go_through(clock: Clock) -> None:
    given = a_breaker()
    assert given.permits(7) == 7

    fail(given)
    assert given.permits(7) == 0

    clock.now += PAUSE_SECONDS
    assert (given.permits(7), given.permits(0)) == (1, 0)
    with given.guard():
        assert given.permits(7) == 0


def test_the_log_tells_of_the_beginning_and_of_the_end_and_metrics_of_now(clock: Clock) -> None:
    given = a_breaker()
    with capture_logs() as lines:
        fail(given)
        for _ in range(30):
            with pytest.raises(Refused):
                ask(given)
        assert b'\nyikou_breaker_open{server="test"} 1.0\n' in render()[0]
        clock.now += PAUSE_SECONDS
        ask(given)

    assert lines == [
        {"event": "breaker_opened", "log_level": "warning", "server": "test", "error": "Away"},
        {
            "event": "breaker_closed",
            "log_level": "info",
            "server": "test",
            "refused": 30,
            "seconds": PAUSE_SECONDS,
        },
    ]
    assert b'\nyikou_breaker_open{server="test"} 0.0\n' in render()[0]
