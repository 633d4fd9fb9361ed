"""The supervisor goes on, whatever happens around it."""

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.embedded.processes import Program, identity
from config.embedded.roster import Roster
from miniprogram_api.process import supervision
from miniprogram_api.process.supervision import Child, Supervisor

SLEEP = Program(name="sleep", argv=("sleep", "1000"))


@contextmanager
def watching(
    program: Program, roster: Roster | None = None
) -> Iterator[tuple[Supervisor, list[str]]]:
    said: list[str] = []
    supervisor = Supervisor(said.append, roster)
    supervisor.start(program)
    try:
        yield supervisor, said
    finally:
        supervisor.stop()


def look_until(supervisor: Supervisor, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        supervisor.look()
        time.sleep(0.01)


def test_one_that_fails_once_is_back_at_the_next_look(tmp_path: Path) -> None:
    with watching(SLEEP, Roster(tmp_path)) as (supervisor, said):
        child = supervisor.children[0]
        former = child.process.pid
        child.process.kill()
        child.process.wait()

        supervisor.look()

        assert child.process.pid != former
        assert said == [
            "sleep 被 SIGKILL 结束，正在重新启动 / was ended by SIGKILL; starting it again."
        ]


def test_one_that_fails_at_once_each_time_waits_longer_and_longer() -> None:
    with watching(Program(name="false", argv=("false",))) as (supervisor, _):
        child = supervisor.children[0]
        pauses = []
        for _ in range(4):
            child.process.wait()
            before = child.failures
            supervisor.look()
            assert child.failures == before + 1
            pauses.append(0 if child.due is None else round(child.due - time.monotonic(), 1))
            if child.due is not None:
                child.due = 0
                supervisor.look()

    assert pauses == [0, 0.2, 0.4, 0.8]


def failing_again(child: Child, failures: int) -> None:
    """It has just failed at once, after so many times before."""
    child.process.wait()
    child.failures, child.due, child.since = failures, None, time.monotonic()


def test_one_that_fails_for_hours_still_waits_no_longer_than_the_longest_pause() -> None:
    with watching(Program(name="false", argv=("false",))) as (supervisor, said):
        child = supervisor.children[0]
        pauses = []
        for before in (5, 6, 7, 1_100, 1_000_000):
            failing_again(child, before)
            supervisor.look()
            assert (child.failures, child.due is None) == (before + 1, False)
            pauses.append(round((child.due or 0) - supervisor._looked, 1))  # noqa: SLF001

    assert pauses == [3.2, 6.4, 10.0, 10.0, 10.0]
    assert len(said) == len(pauses) + 1


@pytest.mark.parametrize(
    ("number", "name"), [(signal.SIGTERM, "SIGTERM"), (64, "SIGRTMAX"), (40, "signal 40")]
)
def test_whatever_signal_ended_one_is_named(number: int, name: str) -> None:
    with watching(SLEEP) as (supervisor, said):
        child = supervisor.children[0]
        os.kill(child.process.pid, number)
        child.process.wait()
        supervisor.look()
        assert said == [
            f"sleep 被 {name} 结束，正在重新启动 / was ended by {name}; starting it again."
        ]


def test_a_roster_that_cannot_be_written_is_said_and_starts_nothing_twice(tmp_path: Path) -> None:
    roster = Roster(tmp_path / "missing")
    with watching(SLEEP, roster) as (supervisor, said):
        former = supervisor.children[0].process.pid
        for _ in range(3):
            supervisor.look()

        assert supervisor.children[0].process.pid == former
        assert said == ["processes.json 无法写入 / cannot be written: No such file or directory."]


def test_it_watches_though_nobody_hears_it() -> None:
    def full(_line: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    supervisor = Supervisor(full)
    supervisor.start(SLEEP)
    child = supervisor.children[0]
    former = child.process.pid
    child.process.kill()
    child.process.wait()
    supervisor.look()
    assert child.process.pid != former
    supervisor.stop()
    assert identity(child.process.pid) is None


def test_one_that_hangs_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "SILENCE", 1.0)
    beating = "while echo . >&$HEARTBEAT_PIPE; do sleep 0.1; done"
    program = Program(name="beating", argv=("bash", "-c", beating), pulse=True)
    with watching(program) as (supervisor, said):
        child = supervisor.children[0]
        look_until(supervisor, lambda: child.pulse is not None and child.pulse.begun)
        former = child.process.pid

        os.kill(former, signal.SIGSTOP)

        look_until(supervisor, lambda: child.process.pid != former)
        assert said == [
            "beating 没有响应，正在结束 / hangs; ending it.",
            "beating 被 SIGKILL 结束，正在重新启动 / was ended by SIGKILL; starting it again.",
        ]
