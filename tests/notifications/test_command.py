"""The worker as a process of its own."""

import json
import os
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
