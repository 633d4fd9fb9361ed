"""What staff ask for."""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle

from benchmarks.desk.seed import Sought
from benchmarks.ids import Side
from benchmarks.paths import Path
from benchmarks.seed import ITEM
from benchmarks.traffic import PAGE, Requests, Traffic
from config import clock
from config.clock import city_day


def paths(sought: Sought) -> list[Path]:
    """Each with questions that come round."""
    people = [f"cases?q={number}&limit={PAGE}" for number in sought.numbers]
    cases = [f"cases/{case}" for case in sought.cases]
    return [
        _path("to_do", "To-do of a unit, 10,000 open", f"tasks?limit={PAGE}"),
        _path("due", "The same by due date", f"tasks?sort=due&limit={PAGE}"),
        _path("red", "Its red tasks", f"tasks?light=red&limit={PAGE}"),
        _path("item", "Those of one item", f"tasks?item={ITEM}&limit={PAGE}"),
        _path("week", "Those due in a week", f"tasks?sort=due&{_week()}&limit={PAGE}"),
        _path("list", "Its cases", f"cases?limit={PAGE}"),
        _path("rare", "Its cases of a rare status", f"cases?status=withdrawn&limit={PAGE}"),
        _path("person", "Search by ID number", *people),
        _path("history", "A case with its history", *cases),
    ]


def _week() -> str:
    today = city_day(clock.now())
    return f"from={today}&to={today + timedelta(days=6)}"


def _path(key: str, name: str, *asked: str) -> Path:
    return Path(key=key, name=name, requests=_requests(asked))


def _requests(asked: tuple[str, ...]) -> Callable[[Traffic, Side], Requests]:
    return lambda traffic, _side: cycle([traffic.asked(each) for each in asked])
