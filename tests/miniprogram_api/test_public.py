"""A case's state over HTTP for who holds its number and query code."""

import json
from collections.abc import AsyncIterator

import pytest

from config import clock
from config.vault import sealed
from miniprogram_api.endpoints import public
from models import CaseEvent, CaseStatus, uuid7
from tests.backend.cases.factories import QUERY_CODE, a_case
from tests.serving import Served, served

PATH = "/api/v1/public/cases/_query"


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served([public.routes]) as api:
        yield api


async def test_state_and_timeline_are_told_without_anything_personal(api: Served) -> None:
    case = await a_case(CaseStatus.DECLINED)
    first = await CaseEvent.get(case_id=case.id)
    event = CaseEvent(
        id=uuid7(),
        case_id=case.id,
        seq=2,
        action="decline",
        actor="staff",
        after=CaseStatus.DECLINED,
        step=1,
        unit_id=first.unit_id,  # type: ignore[attr-defined]
        created_at=clock.now(),
    )
    said = {"reason": "王秀英不在本市居住", "go_to": "王秀英的户籍地"}
    event.public_sealed = sealed.seal_json("case_event", event.id, column="public", value=said)
    await event.save(force_create=True)

    heard = await api.ask("POST", PATH, {"number": case.number, "query_code": QUERY_CODE})

    assert heard.status == 200
    told = heard.body
    assert (told["number"], told["status"], told["status_text"]) == (
        case.number,
        "declined",
        "不予受理",
    )
    assert set(told) == {"number", "item", "status", "status_text", "due", "timeline"}
    assert told["timeline"][-1]["text"].endswith("不予受理")
    assert "王秀英" not in json.dumps(told, ensure_ascii=False)


async def test_the_sixth_wrong_try_is_told_when_to_come_back(api: Served) -> None:
    case = await a_case()
    code = (int(QUERY_CODE) + 1) % 10**6
    body = {"number": case.number, "query_code": f"{code:06d}"}

    heard = [await api.ask("POST", PATH, body) for _ in range(6)]

    assert [one.status for one in heard] == [404] * 5 + [429]
    assert heard[-1].body["code"] == "query_locked"
    assert int(heard[-1].headers["Retry-After"]) > 0
