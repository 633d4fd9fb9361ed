"""What stops the clock of an item, and what it requires before the decision: told apart."""

from collections.abc import Iterator, Sequence

from backend.catalogue import shapes
from backend.catalogue.loading.fault import Fault
from backend.catalogue.loading.rows import STOPS, STOPS_NOT, Item, Requirement
from backend.catalogue.loading.steps import ON_THE_SPOT

_STOPPING = ("听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审")
# By their names in the files of before, where all were one list.
_GOING_ON = ("公示", "入户", "核对", "核查", "比对", "调查", "考察", "踏勘", "轮候")
_NOT_AT_ONCE = frozenset({"publicity", "visit"})


def pauses(item: Item) -> list[shapes.Pause]:
    """The procedures that stop the clock, as a version keeps them."""
    return [
        {
            "kind": pause.kind,
            "name": pause.name,
            "basis": pause.basis,
            "counts": pause.counts,
            "max_days": pause.max_days,
        }
        for pause in item.pauses
    ]


def requires(item: Item) -> list[shapes.Requirement]:
    """What must be there before the decision or the delivery, as a version keeps it."""
    return [{"kind": one.kind, "name": one.name, "days": one.days} for one in item.requires]


def misplaced(item: Item) -> Iterator[Fault]:
    """Each procedure that stands among those that stop the clock and does not, or the reverse."""
    for number, pause in enumerate(item.pauses):
        if any(word in pause.name for word in _GOING_ON):
            yield Fault(f"pauses: “{pause.name}”{STOPS_NOT}", ("pauses", number))
    for number, one in enumerate(item.requires):
        if any(word in one.name for word in _STOPPING):
            yield Fault(f"requires: “{one.name}”{STOPS}", ("requires", number))


def repeated(requirements: Sequence[Requirement]) -> Iterator[Fault]:
    """A second publicity."""
    places = [n for n, one in enumerate(requirements) if one.kind == "publicity"]
    for number in places[1:]:
        yield Fault("requires: 公示写了两次 / publicity is given twice", ("requires", number))


def not_at_once(item: Item) -> Iterator[Fault]:
    """What takes days, of an item that is done on the spot."""
    if item.case_type != ON_THE_SPOT:
        return
    if item.pauses:
        said = "pauses: 即办件当场办结，不能有停止计时的程序"
        yield Fault(f"{said} / is done on the spot, where nothing stops the clock", ("pauses",))
    if any(one.kind in _NOT_AT_ONCE for one in item.requires):
        said = "requires: 即办件当场办结，不能有公示或现场核查"
        yield Fault(f"{said} / is done on the spot, without publicity or visit", ("requires",))
