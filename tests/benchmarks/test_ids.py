from collections.abc import Callable, Iterator

import pytest

from benchmarks import ids
from benchmarks.ids import Side


@pytest.mark.parametrize("plan", [ids.visits, ids.rush])
@pytest.mark.parametrize("side", Side)
def test_nobody_books_twice_on_one_day(
    plan: Callable[[Side], Iterator[tuple[int, int]]], side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ids, "RESIDENTS", 2 * ids.SLOTS)
    usual = ids.slots(side)

    days = [
        (number, (slot - usual.start) // ids.SLOTS_A_DAY if slot in usual else slot)
        for number, slot in plan(side)
    ]

    assert len(days) == len(set(days))
    assert len(days) > ids.RESIDENTS


def test_the_sides_never_meet_at_a_slot() -> None:
    slots = [slot for side in Side for slot in [*ids.slots(side), *ids.hot_slots(side)]]

    assert len(slots) == len(set(slots))
    assert not set(slots) & set(ids.residents())
