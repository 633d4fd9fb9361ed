"""Everybody says over which channels they want what, but for what asks them to act."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tortoise import timezone
from tortoise.transactions import in_transaction

from backend.erasure.statements import STEPS
from backend.identity import sessions
from backend.staff_api import preferences as staff_preferences
from config import clock
from config.database import connection
from miniprogram_api.endpoints import preferences
from models import Audience, Delivery, Importance, MutedKind, Resident, Role
from notifications.telling import outbox
from tests.backend.cases.factories import COMMUNITY, staff
from tests.notifications.factories import a_resident, an_outgoing
from tests.serving import Served, served

pytestmark = pytest.mark.usefixtures("city")
MINE, STAFFS = "/api/v1/me/preferences", "/api/v1/staff/me/preferences"
PASS = {"kind": "case.pass", "channel": "wechat"}
ASKED = {"kind": "case.request_supplement", "channel": "wechat"}
RIVALS = 8


@pytest.fixture
async def api() -> AsyncIterator[Served]:
    async with served([preferences.routes, staff_preferences.routes]) as api:
        yield api


async def token_of(audience: Audience, who: Any) -> str:
    return (await sessions.start(audience, who, now=clock.now())).access_token


def off(answer: Any) -> set[str]:
    """The kinds that are not wanted over one of their channels."""
    return {
        each["kind"]
        for each in answer.body["items"]
        if not all(channel["on"] for channel in each["channels"])
    }


async def tell(to: Resident, kind: str, importance: Importance, *, held: bool = False) -> None:
    until = timezone.now() + timedelta(minutes=10) if held else None
    message = an_outgoing(to)
    message = replace(message, kind=kind, importance=importance, held_until=until)
    message = replace(message, appointment_id=uuid4())
    async with in_transaction():
        await outbox.enqueue(message)


async def test_what_is_muted_goes_over_the_channel_no_more(api: Served) -> None:
    wang = await a_resident()
    token = await token_of(Audience.RESIDENT, wang.id)
    await tell(wang, "case.pass", Importance.INFO, held=True)
    await tell(wang, "case.accept", Importance.INFO, held=True)

    found = await api.ask("GET", MINE, token=token)
    chosen = await api.ask("PUT", MINE, {"muted": [PASS, PASS]}, token=token)
    for kind in ("case.pass", "case.accept", "case.request_supplement"):
        asks = kind == "case.request_supplement"
        await tell(wang, kind, Importance.ACT if asks else Importance.INFO)

    items = {each["kind"]: each for each in found.body["items"]}
    assert off(found) == set()
    assert (items["case.pass"]["mutable"], items["case.pass"]["reason"]) == (True, None)
    assert items["case.request_supplement"]["mutable"] is False
    assert items["case.request_supplement"]["reason"] == "需要您处理的消息不能关闭，以免错过期限"
    assert items["appointment.remind"]["label"] == "预约提醒"
    assert "case.submit" not in items
    assert off(chosen) == off(await api.ask("GET", MINE, token=token)) == {"case.pass"}
    copies = await Delivery.all().order_by("id").prefetch_related("message")
    assert [(each.message.kind, each.reason) for each in copies] == [
        *(("case.pass", "muted"), ("case.accept", None), ("case.pass", "muted")),
        *(("case.accept", None), ("case.request_supplement", None)),
    ]
    assert off(await api.ask("PUT", MINE, {"muted": []}, token=token)) == set()


async def test_what_asks_to_act_cannot_be_muted(api: Served) -> None:
    wang = await a_resident()
    token = await token_of(Audience.RESIDENT, wang.id)

    refused = await api.ask("PUT", MINE, {"muted": [PASS, ASKED]}, token=token)
    unknown = await api.ask("PUT", MINE, {"muted": [PASS | {"kind": "case.submit"}]}, token=token)

    assert (refused.status, refused.body["code"]) == (422, "kind_not_mutable")
    assert [each["name"] for each in refused.body["invalid_params"]] == ["muted.1.kind"]
    assert (unknown.status, unknown.body["code"]) == (422, "preference_unknown")
    assert await MutedKind.all().count() == 0


async def test_of_rivals_one_choice_stands_as_a_whole(api: Served) -> None:
    wang = await a_resident()
    token = await token_of(Audience.RESIDENT, wang.id)
    listed = (await api.ask("GET", MINE, token=token)).body["items"]
    kinds = [each["kind"] for each in listed if each["mutable"]]
    choices = [set(kinds[place : place + 3]) for place in range(RIVALS)]

    await asyncio.gather(
        *(
            api.ask("PUT", MINE, {"muted": [PASS | {"kind": kind} for kind in choice]}, token=token)
            for choice in choices
        )
    )

    assert off(await api.ask("GET", MINE, token=token)) in choices
    await connection().execute_query_dict(STEPS["preferences"], [wang.id])
    assert await MutedKind.all().count() == 0


async def test_staff_choose_among_what_staff_are_sent(api: Served) -> None:
    clerk = await staff((COMMUNITY, Role.CLERK))
    token = await token_of(Audience.STAFF, clerk.id)

    found = await api.ask("GET", STAFFS, token=token)
    kept = await api.ask("PUT", STAFFS, {"muted": []}, token=token)
    unknown = await api.ask("PUT", STAFFS, {"muted": [PASS]}, token=token)

    assert found.body == kept.body
    assert unknown.body["code"] == "preference_unknown"
