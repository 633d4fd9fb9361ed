"""What is wrong with an item beyond its shape and its form: each fault by itself."""

from collections.abc import Callable, Iterator

from backend.catalogue.categories import Category
from backend.catalogue.loading import assurance, columns, procedures, reviews, steps
from backend.catalogue.loading.fault import Fault, Strange, strange
from backend.catalogue.loading.library import Library
from backend.catalogue.loading.rows import Form, Item, Kind, Question
from models import Flow

Check = Callable[[Item, str, Library], Iterator[Fault]]


def faults(item: Item, sure: frozenset[str], department: str, library: Library) -> Iterator[Fault]:
    """All of them; of an item whose shape is at fault only the fields `sure` are asked for.

    `department` is that of its file.
    """
    for fields, check in _CHECKS.items():
        if sure.issuperset(fields.split()):
            yield from check(item, department, library)


def _department(item: Item, department: str, library: Library) -> Iterator[Fault]:
    # Of a department that is not known, the file's own line is told.
    if department in library.departments and item.code.split("-")[1] != department:
        reason = f"编码不属于部门 / the code does not belong to department {department}"
        yield Fault(reason, ("code",))


def _co_departments(item: Item, _department: str, library: Library) -> Iterator[Fault]:
    said = "没有这个部门 / unknown: {}"
    yield from strange(("co_departments",), item.co_departments, library.departments, said=said)


def _materials(item: Item, _department: str, library: Library) -> Iterator[Fault]:
    said = "没有这份材料 / unknown: {}"
    yield from strange(("materials",), item.materials, library.materials, said=said)


def _at_window(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    for number, code in enumerate(item.bring_to_window):
        if code not in item.materials:
            reason = f"bring_to_window: 不在材料中 / not among the materials: {code}"
            yield Fault(reason, ("bring_to_window", number))


def _reviews(item: Item, department: str, library: Library) -> Iterator[Fault]:
    yield from reviews.faults(item, department, library)


def _one_unit(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    if item.case_type == steps.ON_THE_SPOT and not _below(item) and steps.number_of(item) > 1:
        said = "case_type: 即办件须由受理的单位当场办结，不能再转其他单位"
        yield Fault(f"{said} / on the spot means decided by the unit that accepts", ("case_type",))


def _assurance(item: Item, _department: str, library: Library) -> Iterator[Fault]:
    yield from assurance.faults(item, library)


def _fees(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    if item.fees and not item.fee_basis:
        yield Fault("fee_basis: 收费须写明依据 / a fee needs its basis", ("fees",))
    if "commercial" in item.flags and not item.fees:
        said = "fees: 经营性服务须说明如何收费 / a commercial service must say what it costs"
        yield Fault(said, ("fees",))


def _limit_of_law(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    if item.limit_source == "law" and not item.statutory:
        said = "statutory: 时限出自法律的，须写明法定时限"
        yield Fault(f"{said} / a limit of law must be given", ("limit_source",))


def _limit_source(item: Item, _department: str, library: Library) -> Iterator[Fault]:
    if library.limit_sources and item.limit_source not in library.limit_sources:
        reason = f"limit_source: 没有这个来源 / unknown: {item.limit_source}"
        yield Strange(reason, ("limit_source",))


def _limits(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    ours, law = item.promised, item.statutory
    if law and ours.unit == law.unit and ours.days > law.days:
        yield Fault("promised: 长于法定时限 / longer than the statutory limit", ("promised",))


def _flow(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    """A mended lamp that is 获得通过: what nobody applies for is nothing to approve."""
    if item.flow is Flow.APPROVAL and columns.usual_flow(item.category) is Flow.REQUEST:
        said = "flow: 报修、投诉、咨询没有审批，不能为 approval / nothing to approve there"
        yield Fault(said, ("flow",))


def _booked(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    if columns.flow(item) is Flow.BOOKING and not item.appointment:
        reason = "appointment: 直接预约的事项须可预约 / must be true where the flow is booking"
        yield Fault(reason, ("appointment",))


def _booked_form(item: Item, _department: str, library: Library) -> Iterator[Fault]:
    """What is not asked beside the slot: it is the date, and tells one booking from another.

    Nor where an appointment may be made beside the application. A wished date is known by its
    name: `date` is when something is to be done, other dates are called `…_on`.
    """
    booked = columns.flow(item) is Flow.BOOKING
    if booked and item.form.object_fields:
        said = "object_fields: 直接预约的事项没有这一栏 / not read where the flow is booking"
        yield Fault(said, ("form", "object_fields"))
    for place, questions in _asked(item.form, library) if booked or item.appointment else ():
        if "date" in questions and questions["date"].kind is Kind.DATE:
            reason = (
                "form: 预约的时段就是日期，不能再问日期 / the slot is the date: ask for no `date`"
            )
            yield Fault(reason, place)


def _asked(
    form: Form, library: Library
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Question]]]:
    """The questions of the form and of its blocks, each with the place that names them."""
    yield ("form", "questions"), form.questions
    for field in ("blocks", "optional_blocks"):
        for number, name in enumerate(getattr(form, field)):
            if block := library.blocks.get(name):
                yield ("form", field, number), block.questions


def _places(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    if item.places is not None and columns.flow(item) is not Flow.ENROL:
        reason = "places: 只有报名事项有名额 / only an item of the flow enrol has places"
        yield Fault(reason, ("places",))


def _two_limits(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    """A law gives the days to answer a complaint first, and they were taken for those to finish."""
    law, notice = item.statutory, item.notice
    if law and not notice and item.category is Category.COMPLAINT:
        said = "notice: 投诉类有法定时限的，须另写明答复是否受理的时限"
        yield Fault(f"{said} / say apart how long to answer whether it is accepted", ("statutory",))
    if law and notice and notice.unit == law.unit and notice.days >= law.days:
        said = "notice: 答复是否受理的时限须短于办结的法定时限"
        yield Fault(f"{said} / must be shorter than the statutory limit to finish", ("notice",))


def _levels(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    if _below(item):
        yield Fault("decide_level: 低于各受理层级 / below every accept level", ("decide_level",))


def _step_number(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    if not item.step_days or _below(item):
        return
    number = steps.number_of(item)
    if len(item.step_days) != number:
        yield Fault(f"step_days: 环节数不符 / the route has {number} steps", ("step_days",))


def _step_days(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    if item.step_days and sum(item.step_days) != item.promised.days:
        reason = "step_days: 之和不等于承诺时限 / do not add up to the promised days"
        yield Fault(reason, ("step_days",))


def _procedures(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    yield from procedures.misplaced(item)
    yield from procedures.repeated(item.requires)


def _at_once(item: Item, _department: str, _library: Library) -> Iterator[Fault]:
    yield from procedures.not_at_once(item)


def _below(item: Item) -> bool:
    """Whether the item is decided at a level below all that accept it."""
    decided = steps.LEVELS.index(item.decide_level)
    return all(steps.LEVELS.index(level) > decided for level in item.accept_levels)


# Each check with the fields that it asks for.
_CHECKS: dict[str, Check] = {
    "code": _department,
    "co_departments": _co_departments,
    "materials": _materials,
    "materials bring_to_window": _at_window,
    "limit_source": _limit_source,
    "category flow": _flow,
    "category flow appointment": _booked,
    "category flow appointment form": _booked_form,
    "category flow places": _places,
    "promised statutory": _limits,
    "category notice statutory": _two_limits,
    "accept_levels decide_level": _levels,
    "accept_levels decide_level department_reviews step_days": _step_number,
    "accept_levels decide_level department_reviews case_type": _one_unit,
    "department_reviews co_departments basis step_days": _reviews,
    "category min_assurance requires form materials": _assurance,
    "fees fee_basis flags": _fees,
    "limit_source statutory": _limit_of_law,
    "promised step_days": _step_days,
    "pauses requires": _procedures,
    "case_type pauses requires": _at_once,
}
