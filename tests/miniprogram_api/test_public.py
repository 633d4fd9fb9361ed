"""A case's state over HTTP for who holds its number and query code."""

import json
from collections.abc import AsyncIterator

import pytest

from backend.cases.acts import accept
from miniprogram_api.endpoints import public
from models import Role
from tests.backend.cases.factories import NOW, QUERY_CODE, a_case, staff
from tests.serving import Served, served

PATH = "/api/v1/public/cases/_query"


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served([public.routes]) as api:
        yield api


async def test_state_and_timeline_are_told_without_anything_personal(api: Served) -> None:
    case = await a_case()
    clerk = await staff((case.holder_code, Role.CLERK))
    reason, go_to = "王秀英不在本市居住", "王秀英的户籍地"
    await accept.decline(case.id, by=clerk, seen=1, now=NOW, reason=reason, go_to=go_to)

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
