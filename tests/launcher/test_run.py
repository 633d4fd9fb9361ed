"""`yikou run`, seen from outside."""

import signal
from pathlib import Path

import pytest

from tests.launcher.launch import PARTS, WEB, environment, launched, yikou

# Its command lines are read from /proc.
pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")


def test_it_survives_the_death_of_every_part_and_of_itself(tmp_path: Path) -> None:
    environ = environment(tmp_path / "var")

    with launched(environ) as first:
        first.until(first.ready)
        assert set(first.parts()) == set(PARTS)
        for part in PARTS:
            first.without(part)
        first.without(*WEB)
        first.without(*PARTS)
        first.without(WEB[0], sign=signal.SIGSTOP)
        assert "web server 1 hangs" in first.said()
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
