"""The worker as a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.forked import Forked, Source

BROKEN = """
import asyncio
from miniprogram_api.process import worker
async def broken():
    raise ValueError("made to fail")
worker.run_periodically = broken
worker.main()
"""


def test_it_ends_with_one_line_when_one_of_its_tasks_breaks(city: None, tmp_path: Path) -> None:
    out, err = tmp_path / "out", tmp_path / "err"
    environ = os.environ | {"YIKOU_LOG_LEVEL": "warning"}
    ended = Forked(Source(BROKEN), environ, out=out, err=err).wait()

    assert ended == 1
    told = [json.loads(line)["event"] for line in out.read_text().splitlines()]
    assert told == ["worker_failed"]
    assert err.read_text() == ""


def test_its_module_is_the_worker_of_the_command() -> None:
    asked = [sys.executable, "-m", "notifications", "--help"]
    told = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=60)

    assert "worker" in told.stdout
    assert "发消息、定时任务" in told.stdout
