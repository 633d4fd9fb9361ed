"""The worker as a process of its own."""

import json
import os
import subprocess
import sys

BROKEN = """
import asyncio
from notifications import __main__ as worker
async def broken():
    raise ValueError("made to fail")
worker.run_periodically = broken
worker.main()
"""


def test_it_ends_with_one_line_when_one_of_its_tasks_breaks(city: None) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", BROKEN],
        env=os.environ | {"YIKOU_LOG_LEVEL": "warning"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ended.returncode == 1
    assert [json.loads(line)["event"] for line in ended.stdout.splitlines()] == ["worker_failed"]
    assert ended.stderr == ""
