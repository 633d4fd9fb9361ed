"""A case whose unit nobody knows any more is read like the others."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from backend.cases.acts import withdraw
from backend.identity import sessions, staff
from backend.organisation import queries as organisation
from backend.staff_api import cases, tasks
from config import clock
from miniprogram_api.endpoints import public
from models import Audience, Case, CaseEvent, CaseStatus, Role, uuid7
from tests.backend.cases.factories import COMMUNITY, QUERY_CODE, a_case, an_actor
from tests.serving import Served, served

GONE = "210102-GONE"
UNKNOWN = {"code": GONE, "name": f"已不在册的单位（{GONE}）", "level": "department"}


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served([cases.routes, tasks.routes, public.routes]) as api:
        yield api


async def a_token() -> str:
    clerk = await staff.create("李四", posts=[(COMMUNITY, Role.CLERK)], now=clock.now())
    return (await sessions.start(Audience.STAFF, clerk, now=clock.now())).access_token


async def test_the_list_answers_and_says_that_the_holder_is_not_known(api: Served) -> None:
    sound, lost = await a_case(), await a_case(CaseStatus.UNDER_REVIEW)
    await Case.filter(id=lost.id).update(holder_id=GONE)
    token = await a_token()

    listed = await api.ask("GET", "/api/v1/staff/cases", token=token)

    assert listed.status == 200
    holders = {case["id"]: case["holder"] for case in listed.body["items"]}
    assert holders[str(sound.id)]["code"] == COMMUNITY
    assert holders[str(lost.id)] == UNKNOWN | {"since": holders[str(lost.id)]["since"]}
    opened = await api.ask("GET", f"/api/v1/staff/cases/{lost.id}", token=token)
    assert (opened.status, opened.body["holder"]["name"]) == (200, UNKNOWN["name"])
    told = await api.ask(
        "POST",
        "/api/v1/public/cases/_query",
        {"number": lost.number, "query_code": QUERY_CODE},
    )
    assert told.status == 200


async def test_a_line_of_the_timeline_and_the_place_of_a_case_may_be_unknown_too(
    api: Served,
) -> None:
    case = await a_case()
    first = await CaseEvent.get(case_id=case.id)
    await CaseEvent.create(
        case_id=case.id,
        seq=2,
        action="pass",
        actor="staff",
        actor_id=uuid7(),
        before=first.after,
        after=first.after,
        step=1,
        unit_id=GONE,
        created_at=clock.now(),
    )
    await Case.filter(id=case.id).update(community_id="210102001999", version=2)

    opened = await api.ask("GET", f"/api/v1/staff/cases/{case.id}", token=await a_token())

    assert opened.status == 200
    assert opened.body["timeline"][-1]["unit"] == UNKNOWN
    assert UNKNOWN["name"] in opened.body["timeline"][-1]["text"]


async def test_its_applicant_may_withdraw_it(api: Served) -> None:
    by = await an_actor()
    case = await a_case(by=by)
    await Case.filter(id=case.id).update(holder_id=GONE, community_id="210102001999")

    await withdraw.withdraw(case.id, by=by, now=datetime.now(UTC), reason=None)

    assert (await Case.get(id=case.id)).status is CaseStatus.WITHDRAWN


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("999900000000", "city"),
        ("999901000000", "district"),
        ("999901010000", "street"),
        ("999901001001", "community"),
        ("999901-MZ", "department"),
    ],
)
def test_the_code_of_an_unknown_unit_tells_its_level(code: str, level: str) -> None:
    assert organisation.known_or_not(code).level == level
