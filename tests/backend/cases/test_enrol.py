import asyncio
from dataclasses import dataclass

import pytest

from backend.cases.acts import enrol, withdraw
from backend.cases.reading import queries
from backend.cases.record.snapshot import Snapshot
from backend.errors import ServiceError
from backend.identity.actors import StaffActor
from models import CaseStatus, Role
from tests.backend.cases.factories import NOW, a_case, an_actor, an_item, staff

COURSE = "FW-FL-003"
PLACES = 3
RIVALS = 8


@dataclass(frozen=True)
class Course:
    """A course of three places, and who gives them."""

    code: str
    by: StaffActor

    async def application(self) -> Snapshot:
        return await a_case(CaseStatus.UNDER_REVIEW, step=PLACES, item_code=self.code)

    async def enrol(self, case: Snapshot) -> None:
        await enrol.enrol(case.id, by=self.by, seen=case.version, now=NOW, note=None)


@pytest.fixture
async def course(city: None) -> Course:
    code = await an_item(COURSE, places=PLACES)
    case = await a_case(CaseStatus.UNDER_REVIEW, step=PLACES, item_code=code)
    return Course(code, await staff((case.holder_code, Role.APPROVER)))


async def test_of_rivals_for_the_places_of_a_course_as_many_are_enrolled(course: Course) -> None:
    cases = [await course.application() for _ in range(RIVALS)]

    answers = await asyncio.gather(*map(course.enrol, cases), return_exceptions=True)

    refused = [answer.code for answer in answers if isinstance(answer, ServiceError)]
    assert refused == ["places_taken"] * (RIVALS - PLACES)
    after = [(await queries.one(case.id)).status for case in cases]
    assert after.count(CaseStatus.ENROLLED) == PLACES
    assert after.count(CaseStatus.UNDER_REVIEW) == RIVALS - PLACES


async def test_who_withdraws_gives_the_place_to_the_next(course: Course) -> None:
    by = await an_actor()
    first = await a_case(CaseStatus.UNDER_REVIEW, step=PLACES, item_code=course.code, by=by)
    rest = [await course.application() for _ in range(PLACES)]
    for case in (first, *rest[:-1]):
        await course.enrol(case)
    with pytest.raises(ServiceError, match="名额已满"):
        await course.enrol(rest[-1])

    await withdraw.withdraw(first.id, by=by, now=NOW, reason=None)
    await course.enrol(rest[-1])

    assert (await queries.one(rest[-1].id)).status is CaseStatus.ENROLLED
