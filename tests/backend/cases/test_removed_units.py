import pytest

from backend.cases.rules.lifecycle import FINAL
from backend.organisation import removal
from models import Case, CaseStatus
from tests.backend.cases.factories import COMMUNITY, NOW, a_case

STREET, DEPARTMENT = "210102001000", "210102-MZ"

pytestmark = pytest.mark.usefixtures("city")


async def used() -> dict[str, str]:
    """The sentence for each unit with open cases, by its code."""
    units = [COMMUNITY, STREET, DEPARTMENT, "210103005001"]
    told = await removal.in_use(units, final=FINAL, today=NOW.date())
    return {line.split()[0]: line for line in told if "open cases" in line}


async def test_a_unit_is_in_use_while_a_case_is_open_that_it_holds_lives_in_or_decides() -> None:
    case = await a_case(CaseStatus.UNDER_REVIEW, step=2)

    assert used_by_all(await used())
    for status in FINAL:
        await Case.filter(id=case.id).update(status=status)
        assert await used() == {}


def used_by_all(told: dict[str, str]) -> bool:
    """Whether each of the three units of the case's way is told with one open case."""
    return set(told) == {COMMUNITY, STREET, DEPARTMENT} and all(
        "open cases: 1;" in line for line in told.values()
    )
