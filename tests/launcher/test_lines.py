"""The lines of `yikou run` in production are of the same form as those of its processes."""

import json
import os
from pathlib import Path

import pytest

from tests.forked import Forked, Source

# As `run` begins and ends, with settings that nobody could start with here.
TOLD = """
import sys
from config import logging
from config.settings import Settings
from miniprogram_api.process import launcher
given = Settings(env=sys.argv[1])
launcher.settings = lambda: given
logging.configure("run")
launcher._say("web server 1 was ended by SIGKILL; starting it again.")
launcher._tell(given, given.var_dir, seconds=1.5)
"""


def told(env: str, output: Path) -> list[str]:
    """What it writes to a file."""
    assert Forked(Source(TOLD, env), os.environ, out=output, err=output).wait() == 0
    return output.read_text().splitlines()


def test_in_production_each_line_is_json(tmp_path: Path) -> None:
    restarted, note, ready = [json.loads(line) for line in told("production", tmp_path / "out")]

    assert (restarted["process"], restarted["event"]) == ("run", "supervision")
    assert restarted["told"] == "web server 1 was ended by SIGKILL; starting it again."
    assert "YIKOU_IDENTITY_URL" in note["told"]
    assert (
        restarted.keys()
        == note.keys()
        == ready.keys()
        == {"process", "event", "level", "at", "told"}
    )
    assert "http" in ready["told"]


def test_who_tries_it_out_reads_sentences(tmp_path: Path) -> None:
    lines = told("development", tmp_path / "out")

    assert lines[0] == "web server 1 was ended by SIGKILL; starting it again."
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(lines[0])
