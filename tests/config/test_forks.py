"""A copy of a process does its work, and nothing of what its parent was doing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded.lock import owned
from config.embedded.processes import identity, wait_until

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux")
START = """
import os, signal, sys, time
from pathlib import Path
from config.embedded.forks import apart, fork
from config.embedded.lock import owned
from config.embedded.processes import Program
from config.errors import StartError, told

def copy(run):
    return Program(name="copy", run=run)

def refuse():
    raise StartError("No.")

def break_down():
    raise ValueError("broken")

def die():
    os.kill(os.getpid(), signal.SIGKILL)
"""


def ran(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START + program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_ends_with_its_status_and_its_parent_goes_on_alone() -> None:
    ended = ran("""
statuses = [fork(copy(run)).wait() for run in (lambda: None, refuse, break_down, die)]
print(statuses, "once")
""")

    assert ended.stdout == "[0, 1, 1, -9] once\n"
    assert "yikou: No.\n" in ended.stderr
    assert "ValueError: broken" in ended.stderr


@pytest.mark.parametrize(
    ("run", "status", "sentence"),
    [
        ("refuse", 1, "yikou: No."),
        ("die", 1, "yikou: copy 被 SIGKILL 终止 / was ended by SIGKILL."),
    ],
)
def test_what_is_done_apart_is_told_once(run: str, status: int, sentence: str) -> None:
    ended = ran(f"""
with told():
    apart(copy({run}))
""")

    assert (ended.returncode, ended.stderr.splitlines()) == (status, [sentence])


def test_it_does_not_answer_its_parents_signals() -> None:
    ended = ran("""
def interrupt(*_):
    raise KeyboardInterrupt
signal.signal(signal.SIGTERM, interrupt)
child = fork(copy(signal.pause))
child.send_signal(signal.SIGTERM)
print(child.wait())
""")

    assert ended.stdout == "-15\n"


def test_it_dies_with_its_parent_though_it_hangs_and_holds_no_lock(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            START
            + """
def hang():
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    print(os.getpid(), flush=True)
    time.sleep(1000)
with owned(Path(sys.argv[1])):
    fork(copy(hang)).wait()
""",
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(child, signal.SIGSTOP)
    parent.kill()
    parent.wait()

    with owned(tmp_path):
        assert wait_until(lambda: identity(child) is None, 30)
    parent.stdout.close()
