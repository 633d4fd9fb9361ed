"""Metrics are summed over processes."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stage import free_port

COUNT = """
from config.metrics import Counter
Counter("things", "Things").inc(2)
"""
SHOW = (
    COUNT
    + """
from config.metrics import render
print(render()[0].decode())
"""
)
KILLED = (
    COUNT
    + """
import os
print(os.environ["PROMETHEUS_MULTIPROC_DIR"], flush=True)
os._exit(0)
"""
)
SERVE = (
    COUNT
    + """
import sys, urllib.request
from config.metrics import serve
serve("127.0.0.1", int(sys.argv[1]))
print(urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/metrics").read().decode())
"""
)


def ran(program: str, *arguments: str, **environ: str) -> str:
    kept = {name: value for name, value in os.environ.items() if "PROMETHEUS" not in name}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=kept | environ,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_what_a_process_starts_counts_into_its_folder(tmp_path: Path) -> None:
    shared = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    ran(COUNT, **shared)

    assert "things_total 4.0" in ran(SHOW, **shared)


def test_two_that_nobody_started_count_apart_and_leave_nothing() -> None:
    place = "import os; print(os.environ['PROMETHEUS_MULTIPROC_DIR'])\n"
    first, second = (ran(place.join([COUNT, ""])).strip() for _ in range(2))

    assert first != second
    assert not Path(first).exists()
    assert not Path(second).exists()


def test_a_folder_of_one_that_was_killed_is_removed_by_the_next() -> None:
    killed = ran(KILLED)
    assert Path(killed.strip()).exists()
    ran(COUNT)
    assert not Path(killed.strip()).exists()


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own with no room left."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        with contextlib.suppress(OSError), (tmp_path / "full").open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        yield tmp_path
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_ends_no_process_that_counts(full_disk: Path) -> None:
    assert "things_total 2.0" in ran(SHOW, YIKOU_VAR_DIR=str(full_disk))


def test_a_process_without_a_web_server_tells_its_own() -> None:
    assert "things_total 2.0" in ran(SERVE, str(free_port()))
