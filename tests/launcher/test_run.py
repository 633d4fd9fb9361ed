"""`yikou run`, seen from outside."""

import os
import signal
from pathlib import Path

import pytest

from tests.launcher.launch import environment, launched, yikou

# Its command lines are read from /proc.
pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")


def test_it_survives_the_death_of_every_part_and_of_itself(tmp_path: Path) -> None:
    environ = environment(tmp_path / "var")

    with launched(environ) as first:
        first.until(first.ready)
        before = first.parts()
        assert len(before) == 5
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        first.until(
            lambda: len(first.parts()) == 5 and not set(first.parts().values()) & {*before.values()}
        )
        first.until(first.ready)
        assert yikou("migrate", environ).returncode == 0
        again = yikou("run", environ)
        assert (again.returncode, again.stderr.count("\n")) == (1, 1)
        assert "already runs" in again.stderr
        first.send(signal.SIGKILL)

    with launched(environ) as second:
        second.until(second.ready)
        assert second.send(signal.SIGINT) == 0
        assert "\nTraceback" not in second.said()
        assert second.alive() == []
        assert first.alive() == []
