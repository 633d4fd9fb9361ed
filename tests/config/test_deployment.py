"""What the deployment guides repeat of the code is what the code says."""

import re
from pathlib import Path

import pytest

from config.patience import WORK

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = ("deployment.md", "deployment.zh-CN.md")
# PgBouncer hands these on by itself, and has to: without its time zone a connection writes others.
HANDED_ON = {"TimeZone"}


@pytest.mark.parametrize("name", GUIDES)
def test_a_pooler_is_told_to_drop_each_parameter_that_a_connection_starts_with(name: str) -> None:
    guide = (DOCS / name).read_text(encoding="utf-8")
    dropped = re.search(r"ignore_startup_parameters = (.+)", guide)

    assert dropped
    started = [each for each in WORK.bounds()["server_settings"] if each not in HANDED_ON]
    assert dropped[1].split(", ") == started


@pytest.mark.parametrize("name", GUIDES)
def test_the_role_behind_a_pooler_has_the_workers_patience(name: str) -> None:
    guide = (DOCS / name).read_text(encoding="utf-8")
    given = dict(re.findall(r"ALTER ROLE yikou_app SET (\w+) = '(\d+)s';", guide))

    started = WORK.bounds()["server_settings"]
    assert len(given) == 4
    assert {each: f"{seconds}000" for each, seconds in given.items()}.items() <= started.items()
