"""Metrics are summed over processes."""

import os
import subprocess
import sys
from pathlib import Path

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
START = (
    """
from config.metrics import clear
clear()
"""
    + SHOW
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


def ran(program: str, var_dir: Path, *arguments: str, **environ: str) -> str:
    kept = {name: value for name, value in os.environ.items() if "PROMETHEUS" not in name}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=kept | {"YIKOU_VAR_DIR": str(var_dir)} | environ,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_counts_of_two_processes_add_up_and_a_start_begins_anew(tmp_path: Path) -> None:
    ran(COUNT, tmp_path)
    assert "things_total 4.0" in ran(SHOW, tmp_path)
    assert "things_total 2.0" in ran(START, tmp_path)


def test_a_child_of_ours_does_not_clear_its_siblings_counts(tmp_path: Path) -> None:
    ran(COUNT, tmp_path)
    shared = str(tmp_path / "metrics")
    assert "things_total 4.0" in ran(START, tmp_path, PROMETHEUS_MULTIPROC_DIR=shared)


def test_a_process_without_a_web_server_tells_its_own(tmp_path: Path) -> None:
    assert "things_total 2.0" in ran(SERVE, tmp_path, str(free_port()))


def test_a_folder_that_cannot_be_made_costs_only_the_sum(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "things_total 2.0" in ran(SHOW, file)
