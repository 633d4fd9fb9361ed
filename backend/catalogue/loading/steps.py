"""An item's route: the steps of a case from where it is accepted to where it is decided."""

from typing import Any

from backend.catalogue import shapes
from backend.catalogue.loading.rows import DepartmentReview, Item
from models import Role

LEVELS = ("社区", "街道", "区县", "市")
CODES: dict[str, shapes.Level] = {
    "社区": "community",
    "街道": "street",
    "区县": "district",
    "市": "city",
}
DEPARTMENT = "department"
ON_THE_SPOT = "即办件"

_ACCEPTS = {"社区": "社区受理", "街道": "街道受理", "区县": "区县部门受理"}
_REVIEWS = {"街道": "街道审核", "区县": "区县部门审核"}
_DECIDES = {"社区": "社区办理", "街道": "街道审定", "区县": "区县部门审定", "市": "市级部门审定"}
# Of three steps the community takes a fifth of the time and the street about a third.
_SHARES = {1: (1.0,), 2: (0.3, 1.0), 3: (0.2, 0.55, 1.0), 4: (0.15, 0.4, 0.7, 1.0)}


def levels_of(item: Item) -> list[str]:
    """The levels a case passes, from the lowest that accepts it to the one that decides."""
    decided = LEVELS.index(item.decide_level)
    passed: set[str] = {level for level in item.accept_levels if LEVELS.index(level) <= decided}
    return sorted(passed | {item.decide_level}, key=LEVELS.index)


def number_of(item: Item) -> int:
    """How many steps the route has, those of other departments included."""
    return len(levels_of(item)) + len(item.department_reviews)


def route(item: Item) -> list[dict[str, Any]]:
    """The steps; their days add up to the promised days, the last step decides."""
    *before, last = levels_of(item)
    steps = [
        *(_step(level, first=number == 0) for number, level in enumerate(before)),
        *(_review(item, each) for each in item.department_reviews),
        _step(last, first=not before, decides=True) | {"joint_departments": item.co_departments},
    ]
    days = item.step_days or split(item.promised.days, len(steps))
    return [
        {"no": number} | step | {"days": step_days}
        for number, (step, step_days) in enumerate(zip(steps, days, strict=True), 1)
    ]


def offices_at(item: Item) -> list[str]:
    """The levels whose offices serve the item: those it passes, where its row names no others.

    The hall of a district or the city stands for its departments.
    """
    levels = item.offices_at or levels_of(item)
    return [DEPARTMENT if level == "部门" else CODES[level] for level in levels]


def split(days: int, steps: int) -> list[int]:
    """Share the days among the steps; where there are too few, the last steps get them."""
    if days < steps:
        return [0] * (steps - days) + [1] * days
    ends = [int(days * share + 0.5) for share in _SHARES[steps]]
    return [end - start for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _step(level: str, *, first: bool, decides: bool = False) -> dict[str, Any]:
    return {
        "level": DEPARTMENT if level in {"区县", "市"} else CODES[level],
        "of": CODES[level],
        "department": None,
        "name": (_DECIDES if decides else _ACCEPTS if first else _REVIEWS)[level],
        "role": _role(level, first=first, decides=decides),
        "decides": decides,
    }


def _review(item: Item, review: DepartmentReview) -> dict[str, Any]:
    """What another department says is the word of its approver."""
    return {
        "level": DEPARTMENT,
        "of": "city" if item.decide_level == "市" else "district",
        "department": review.department,
        "name": review.name,
        "role": Role.APPROVER,
        "decides": False,
    }


def _role(level: str, *, first: bool, decides: bool) -> Role:
    """A community's clerk also decides: there is nobody above in the same unit."""
    if level == "社区" or (first and not decides):
        return Role.CLERK
    return Role.APPROVER if decides else Role.REVIEWER
