"""Logs are one JSON object a line, whoever writes them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import logging
import structlog
from config.logging import configure, plain, request
configure("web")
request.set("r1")
plain("answered", status=200)
logging.getLogger("sanic.error").error("from %s", "sanic")
logging.getLogger("sanic.root").info("chatter")
try:
    raise ValueError("phone 13812345678")
except ValueError:
    structlog.get_logger().exception("failed")
"""


AFTERWARDS = """
import os
import sys
sys.stderr.write("went on")
os._exit(0)
"""


def test_every_line_names_its_process_and_request_and_hides_the_phone() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["event"] for line in lines] == ["answered", "from sanic", "failed"]
    assert {(line["process"], line["request_id"]) for line in lines} == {("web", "r1")}
    assert lines[0].keys() - lines[1].keys() == {"status"}
    assert "ValueError: phone ***" in lines[2]["exception"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_a_line_for_which_the_disk_has_no_room_is_nobodys_failure() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM + AFTERWARDS],
            stdout=full,
            stderr=subprocess.PIPE,
            check=True,
        )
    assert ran.stderr == b"went on"
