"""The steps of other departments: what is wrong with them, and where one is missing."""

import re
from collections.abc import Iterator

from backend.catalogue.loading.fault import Fault, strange
from backend.catalogue.loading.library import Library
from backend.catalogue.loading.rows import Item

# How the basis of a limit names the department that has so many days of its own.
_SHORT = {
    "民政": "MZ",
    "残联": "CL",
    "人社": "RS",
    "卫健": "WJ",
    "住建": "FC",
    "医保": "YB",
    "公安": "GA",
    "司法": "SF",
    "教育": "JY",
}
_DAYS = re.compile(rf"({'|'.join(_SHORT)})(?:部门|局)?(?:审核|复核|复审)?[0-9]+(?:个工作日|日)")


def faults(item: Item, department: str, library: Library) -> Iterator[Fault]:
    """A department that is not known or stands twice, and days that no step has."""
    held = [review.department for review in item.department_reviews]
    said = "没有这个部门 / unknown: {}"
    yield from strange(("department_reviews",), held, library.departments, said=said)
    for number, code in enumerate(held):
        if code in item.co_departments or code == department:
            said = f"department_reviews: {code} 已是主办或联合办理部门 / decides already: {code}"
            yield Fault(said, ("department_reviews", number))
    if held and not item.step_days:
        said = "step_days: 有其他部门环节的，须写明各环节天数 / give the days of each step"
        yield Fault(said, ("department_reviews",))
    for name in _DAYS.findall(item.basis or ""):
        if _SHORT[name] not in {department, *held}:
            said = f"department_reviews: 依据中{name}有自己的时限，须是一个环节"
            yield Fault(f"{said} / has days of its own, so a step of its own", ("basis",))
