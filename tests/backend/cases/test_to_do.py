"""The to-do of units: a page of open tasks, and how many there are by light."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.cases.clock.limits import Light
from backend.cases.reading import queries, tasks
from backend.cases.reading.statements import Whose
from backend.cases.reading.tasks import ToDo
from backend.cases.record import listed
from backend.identity.actors import StaffActor
from config.clock import CITY_TIME
from models import Case, CaseStatus, Role, Task
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, staff

STREET = "210102001000"


async def a_clerk() -> StaffActor:
    return await staff((COMMUNITY, Role.CLERK))


async def to_do(
    by: StaffActor,
    *,
    whose: Whose = "unit",
    light: Light | None = None,
    before: UUID | None = None,
    limit: int = 10,
) -> ToDo:
    return await tasks.to_do(by, whose=whose, light=light, before=before, limit=limit, now=NOW)


async def test_the_lights_of_the_to_do_are_counted_and_listed_alike(city: None) -> None:
    clerk = await a_clerk()
    for days in (-1, 0, 1, 30):
        case = await a_case()
        await Task.filter(case_id=case.id).update(due_at=NOW + timedelta(days=days, hours=1))
    waiting = await a_case()
    await Task.filter(case_id=waiting.id).update(due_at=None)

    counts: dict[str, Any] = {**(await to_do(clerk)).counts}

    assert counts == {"unit": 5, "mine": 0, "red": 1, "yellow": 2, "green": 1, "grey": 1}
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
    rest = (await to_do(by, before=UUID(first[-1].id))).tasks
    mine = await to_do(by, whose="mine")

    assert [task.case.id for task in whole.tasks] == [str(case.id) for case in reversed(cases)]
    assert first + rest == whole.tasks
    assert [(task.id, task.assignee_id) for task in mine.tasks] == [(str(own.id), str(by.id))]
    assert (whole.counts["unit"], whole.counts["mine"]) == (5, 1)
    assert mine.counts == whole.counts
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
