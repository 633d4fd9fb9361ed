"""The to-do of units: filtered pages of open tasks, and how many there are by light."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.cases.clock.limits import Light
from backend.cases.reading import queries
from backend.cases.reading.to_do import tasks
from backend.cases.reading.to_do.listing import Place, ToDo, Wanted, check
from backend.cases.reading.to_do.listing import to_do as read
from backend.cases.reading.to_do.statements import Sort
from backend.cases.reading.to_do.tasks import OpenTask
from backend.cases.record import listed
from backend.cases.rules.refusals import DatesReversed, ItemNotKnown, NotYourUnit, UnitNotMine
from backend.errors import ServiceError
from backend.identity.actors import StaffActor
from config.clock import CITY_TIME
from models import Case, CaseStatus, Role, Task
from tests.backend.cases.factories import COMMUNITY, ITEM, NOW, a_case, staff

STREET = "210102001000"
DAY = date(2026, 3, 9)  # of NOW


async def a_clerk() -> StaffActor:
    return await staff((COMMUNITY, Role.CLERK))


async def to_do(
    by: StaffActor, *, after: OpenTask | None = None, limit: int = 10, **wanted: Any
) -> ToDo:
    place = Place(_time(after, wanted.get("sort", "received")), UUID(after.id)) if after else None
    return await read(by, Wanted(**wanted), after=place, limit=limit, now=NOW)


def _time(task: OpenTask, sort: Sort) -> str:
    return task.received_at if sort == "received" else task.due_at or "infinity"


async def test_the_lights_of_the_to_do_are_counted_and_listed_alike(city: None) -> None:
    clerk = await a_clerk()
    for days in (-1, 0, 1, 30):
        case = await a_case()
        await Task.filter(case_id=case.id).update(due_at=NOW + timedelta(days=days, hours=1))
    waiting = await a_case()
    await Task.filter(case_id=waiting.id).update(due_at=None)

    counts: dict[str, Any] = {**(await to_do(clerk)).counts}

    lights = {"red": 1, "yellow": 2, "green": 1, "grey": 1}
    assert counts == {"unit": 5, "mine": 0, "deputy": 0, "incoming": 0} | lights
    for light in Light:
        found = (await to_do(clerk, light=light)).tasks
        assert [task.light(NOW) for task in found] == [light] * counts[light.value]


async def test_several_units_have_one_list_newest_first_and_mine_is_what_i_claimed(
    city: None,
) -> None:
    by = await staff((COMMUNITY, Role.CLERK), (STREET, Role.REVIEWER))
    cases = [await a_case() for _ in range(5)]
    await Task.filter(case_id__in=[case.id for case in cases[::2]]).update(unit_id=STREET)
    own = await Task.get(case_id=cases[2].id)
    await tasks.claim(own.id, by=by)
    done = await a_case()
    await Task.filter(case_id=done.id).update(done_at=NOW)

    whole = await to_do(by)
    first = (await to_do(by, limit=2)).tasks
    rest = (await to_do(by, after=first[-1])).tasks
    mine = await to_do(by, whose="mine")

    assert [task.case.id for task in whole.tasks] == [str(case.id) for case in reversed(cases)]
    assert first + rest == whole.tasks
    assert [(task.id, task.assignee_id) for task in mine.tasks] == [(str(own.id), str(by.id))]
    assert (whole.counts["unit"], whole.counts["mine"]) == (5, 1)
    assert [mine.counts[light.value] for light in Light] == [1, 0, 0, 0]
    assert (await to_do(await a_clerk())).counts["unit"] == 2


async def test_a_case_is_listed_as_it_is_shown_to_the_microsecond(city: None) -> None:
    case, clerk = await a_case(CaseStatus.ACCEPTED), await a_clerk()
    for microsecond in (0, 250_000, 123_456, 7):
        moment = NOW.replace(microsecond=microsecond)
        await Case.filter(id=case.id).update(accepted_at=moment, promised_due_at=moment)
        await Task.filter(case_id=case.id).update(due_at=moment)

        [task] = (await to_do(clerk)).tasks

        assert task.case == listed.of(await queries.one(case.id))
        assert task.due_at == moment.astimezone(CITY_TIME).isoformat()


async def test_what_is_due_soonest_comes_first_and_no_page_misses_any(city: None) -> None:
    by = await staff((COMMUNITY, Role.CLERK), (STREET, Role.REVIEWER))
    dues = [5, 1, None, 3, 1, None]
    for number, days in enumerate(dues):
        case = await a_case()
        unit = COMMUNITY if number % 2 else STREET
        due = None if days is None else NOW + timedelta(days=days)
        await Task.filter(case_id=case.id).update(due_at=due, unit_id=unit)

    whole = (await to_do(by, sort="due")).tasks
    shown: list[OpenTask] = []
    while page := (await to_do(by, sort="due", limit=1, after=shown[-1] if shown else None)).tasks:
        shown += page

    told = [task.due_at and task.due_at[:10] for task in whole]
    assert told == ["2026-03-10", "2026-03-10", "2026-03-12", "2026-03-14", None, None]
    assert shown == whole


async def test_filters_narrow_the_page_and_the_counts(city: None) -> None:
    by = await staff((COMMUNITY, Role.CLERK), (STREET, Role.REVIEWER))
    old, street, early, late = [await a_case() for _ in range(4)]
    # Written by the release before, which does not say the item.
    await Task.filter(case_id=old.id).update(item_code=None)
    await Task.filter(case_id=street.id).update(unit_id=STREET, item_code="SP-MZ-002")
    await Task.filter(case_id=early.id).update(created_at=NOW - timedelta(days=1), due_at=None)
    await Task.filter(case_id=late.id).update(due_at=NOW + timedelta(days=40))

    async def found(**wanted: Any) -> tuple[set[str], int]:
        read = await to_do(by, **wanted)
        return {task.case.id for task in read.tasks}, read.counts["unit"]

    def these(*cases: Any) -> tuple[set[str], int]:
        return {str(case.id) for case in cases}, len(cases)

    assert await found(item=ITEM) == these(old, early, late)
    assert await found(unit=STREET) == these(street)
    assert await found(last=DAY - timedelta(days=1)) == these(early)
    assert await found(first=DAY) == these(old, street, late)
    assert await found(first=DAY, item=ITEM, unit=COMMUNITY) == these(old, late)
    assert await found(sort="due", first=DAY + timedelta(days=30)) == these(late)
    assert await found(sort="due", last=DAY + timedelta(days=30)) == these(old, street)
    counts = (await to_do(by, sort="due", first=DAY + timedelta(days=30), light=Light.RED)).counts
    assert [counts[light.value] for light in Light] == [1, 0, 0, 0]


async def test_a_task_tells_who_applies_masked_and_from_where(city: None) -> None:
    by, case = await a_clerk(), await a_case()
    await Task.filter(case_id=case.id).update(created_at=NOW - timedelta(hours=2))

    [task] = (await to_do(by)).tasks

    assert task == await tasks.find((await Task.get(case_id=case.id)).id)
    assert task.applicant_masked
    assert "*" in task.applicant_masked
    assert task.community_code == COMMUNITY
    assert task.received_at == (NOW - timedelta(hours=2)).astimezone(CITY_TIME).isoformat()


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (Wanted(item="SP-XX-999"), ItemNotKnown),
        (Wanted(unit=STREET), UnitNotMine),
        (Wanted(first=DAY, last=DAY - timedelta(days=1)), DatesReversed),
    ],
)
async def test_filters_that_find_nothing_are_refused(
    city: None, wanted: Wanted, refusal: type[ServiceError]
) -> None:
    with pytest.raises(refusal):
        await check(wanted, await a_clerk())


async def test_a_supervisor_counts_and_lists_what_is_red_below_their_unit(city: None) -> None:
    case, elsewhere = await a_case(), await a_case()
    late = await a_case(CaseStatus.UNDER_REVIEW, step=3)
    for each in (case, late):
        await Task.filter(case_id=each.id, done_at=None).update(due_at=NOW - timedelta(days=1))
    await Task.filter(case_id=elsewhere.id).update(unit_id="210103005001")
    department = late.holder_code

    for unit, red in (
        ("210102000000", {case.id, late.id}),
        (STREET, {case.id}),
        (COMMUNITY, {case.id}),
    ):
        supervisor = await staff((unit, Role.SUPERVISOR))
        found = await to_do(supervisor, light=Light.RED)
        assert {UUID(task.case.id) for task in found.tasks} == red
        assert (found.counts["red"], found.counts["unit"]) == (len(red), len(red))
    boss = await staff(("210102000000", Role.SUPERVISOR))
    await check(Wanted(unit=department), boss)
    assert [task.unit_code for task in (await to_do(boss, unit=department)).tasks] == [department]
    # Others of the same unit see only their own, and who supervises claims nothing below.
    clerk = await staff(("210102000000", Role.CLERK))
    assert (await to_do(clerk)).counts["unit"] == 0
    with pytest.raises(UnitNotMine):
        await check(Wanted(unit=COMMUNITY), clerk)
    with pytest.raises(NotYourUnit):
        await tasks.claim((await Task.get(case_id=case.id)).id, by=boss)
