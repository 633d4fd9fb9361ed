"""Ids: sorted by their making, never the same, and with the version and variant of RFC 9562."""

import time
from uuid import RFC_4122

import pytest

from models import base, uuid7

MANY = 20_000


@pytest.fixture(autouse=True)
def _ticks_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Later tests get no ids of the times made up here."""
    monkeypatch.setattr(base, "_ticks", base._Ticks())  # noqa: SLF001


def test_ids_sort_in_the_order_of_their_making() -> None:
    made = [uuid7() for _ in range(MANY)]

    assert made == sorted(set(made))
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}


def test_an_id_tells_the_millisecond_of_its_making(monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time_ns() // 1_000_000 + 60_000
    monkeypatch.setattr(time, "time_ns", lambda: later * 1_000_000)

    assert uuid7().int >> 80 == later


def test_a_clock_set_back_does_not_set_the_order_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)

    assert uuid7() > before
