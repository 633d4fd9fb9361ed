"""The places of a course over HTTP: given while there are any, refused then, given back."""

from collections.abc import AsyncIterator

import pytest

from backend.cases.record.snapshot import Snapshot
from backend.identity import sessions, staff
from backend.staff_api import case_actions
from config import clock
from miniprogram_api.endpoints import cases, catalogue
from models import Audience, CaseStatus, ItemVersion, Role
from tests.backend.cases.factories import a_case, an_actor, an_item
from tests.serving import Served, served

COURSE = "FW-FL-003"


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served([case_actions.routes, cases.routes, catalogue.routes]) as api:
        yield api


async def test_the_sample_says_how_many_places_each_course_has(city: None) -> None:
    courses = await ItemVersion.filter(flow="enrol")

    assert len(courses) == 12
    assert all(course.places for course in courses)


async def test_a_full_course_refuses_until_somebody_gives_the_place_back(api: Served) -> None:
    code = await an_item(COURSE, places=1)
    shown = await api.ask("GET", f"/api/v1/items/{code}")
    assert (shown.body["flow"], shown.body["places"]) == ("enrol", 1)
    by = await an_actor()
    first = await a_case(CaseStatus.UNDER_REVIEW, step=3, item_code=code, by=by)
    second = await a_case(CaseStatus.UNDER_REVIEW, step=3, item_code=code)
    member = await staff.create("李四", posts=[(first.holder_code, Role.APPROVER)], now=clock.now())
    token = (await sessions.start(Audience.STAFF, member, now=clock.now())).access_token
    resident = (await sessions.start(Audience.RESIDENT, by.id, now=clock.now())).access_token

    async def enrolled(case: Snapshot, key: str) -> tuple[int, str]:
        answer = await api.ask(
            "POST",
            f"/api/v1/staff/cases/{case.id}/enrol",
            {},
            token=token,
            **{"If-Match": f'"{case.version}"', "Idempotency-Key": key},
        )
        return answer.status, answer.body.get("code") or answer.body["status_text"]

    assert await enrolled(first, "a") == (200, "已录取")
    assert await enrolled(second, "b") == (409, "places_taken")
    gone = await api.ask(
        "POST",
        f"/api/v1/cases/{first.id}/withdraw",
        {},
        token=resident,
        **{"Idempotency-Key": "c"},
    )
    assert (gone.status, gone.body["status_text"]) == (200, "已取消报名")
    assert await enrolled(second, "d") == (200, "已录取")
