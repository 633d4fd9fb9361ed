"""The paths that are measured, and what is asked of them."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import ids
from benchmarks.ids import Side
from benchmarks.traffic import Requests, Traffic


@dataclass(frozen=True, kw_only=True)
class Path:
    """One thing people do; the targets are ratios to the peer and to the limit, if any."""

    key: str
    name: str
    requests: Callable[[Traffic, Side], Requests]
    writes: bool = False
    hot: bool = False
    times_peer: float | None = None
    of_limit: float | None = None

    @property
    def limit_clients(self) -> tuple[int, ...]:
        """With how many clients pgbench is tried: a hot row takes fewer."""
        return (1, 2, 4) if self.hot else (2, 4, 8)

    @property
    def limit_slots(self) -> range:
        """The slots pgbench books at."""
        return ids.hot_slots(Side.LIMIT)[:1] if self.hot else ids.slots(Side.LIMIT)


PATHS = (
    Path(
        key="read",
        name="Read a case (5 events, 2 papers)",
        requests=Traffic.read,
        times_peer=4,
    ),
    Path(
        key="list",
        name="List one's cases (20 of 100,000)",
        requests=Traffic.list_own,
        times_peer=3,
    ),
    Path(
        key="staff",
        name="List a unit's cases (20 of 100,000)",
        requests=Traffic.list_staff,
    ),
    Path(
        key="todo",
        name="A unit's to-do (20 of 200, counts)",
        requests=Traffic.to_do,
        times_peer=3,
    ),
    Path(
        key="submit",
        name="Submit a case (form, 2 papers)",
        requests=Traffic.submit,
        writes=True,
        times_peer=2,
        of_limit=0.5,
    ),
    Path(
        key="book",
        name="Book, 200 slots",
        requests=Traffic.book,
        writes=True,
        times_peer=3,
        of_limit=0.5,
    ),
    Path(
        key="hot",
        name="Book, one hot slot",
        requests=Traffic.rush,
        writes=True,
        hot=True,
        times_peer=3,
        of_limit=0.5,
    ),
)
