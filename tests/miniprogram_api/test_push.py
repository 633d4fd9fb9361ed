"""WeChat's callback: the check of the URL, events once each, and what only looks like them."""

import contextlib
from typing import Any
from uuid import UUID

import pytest
from aiohttp import ClientSession

from config.published import SANDBOX_SMS_REPORT_TOKEN
from sandbox.actors import Refused
from tests.contract.rows import behind
from tests.live import Live
from tests.people import Person, on_duty, person, until

PLAN = "/api/v1/subscriptions/plan?purpose=book"


@pytest.fixture
async def wang(live: Live, http: ClientSession) -> Person:
    """Somebody new who is logged in."""
    somebody = person(live, http)
    await somebody.show_phone()
    return somebody


async def template_of(who: Person) -> str:
    template: str = (await who.get(PLAN))["templates"][0]["template_id"]
    return template


async def balance(who: Person) -> int:
    found: int = (await who.get(PLAN))["templates"][0]["balance"]
    return found


async def pushed(who: Person, kind: str, **more: Any) -> list[dict[str, Any]]:
    """Have the sandbox push by hand; how our server answered each copy."""
    answers: list[dict[str, Any]] = (
        await who.control("POST", "/push", {"kind": kind, "user": who.user, **more})
    )["outcomes"]
    return answers


async def test_wechat_is_shown_that_the_server_is_ours(wang: Person) -> None:
    answer = await wang.control("POST", "/push", {"kind": "url_check"})

    assert answer["echoed"]


@pytest.mark.parametrize("format_", ["json", "xml"])
async def test_a_tap_counts_once_however_often_it_is_told(wang: Person, format_: str) -> None:
    template = await template_of(wang)
    await wang.control("POST", "/options", {"push_format": format_})

    answers = await pushed(wang, "popup", template_id=template, result="accept", copies=5)
    await wang.control("POST", "/options", {"push_format": "json"})

    assert [answer["accepted"] for answer in answers] == [True] * 5
    assert await balance(wang) == 1


async def test_a_refusal_in_the_settings_takes_all_away(wang: Person) -> None:
    template = await template_of(wang)
    await pushed(wang, "popup", template_id=template, result="accept")
    await pushed(wang, "popup", template_id=template, result="reject")
    after_popup = await balance(wang)

    await pushed(wang, "change", template_id=template, result="reject")

    assert after_popup == 1
    assert await balance(wang) == 0


@pytest.mark.parametrize("variant", ["bad_signature", "wrong_appid", "truncated", "stale"])
async def test_what_is_not_from_wechat_is_refused(wang: Person, variant: str) -> None:
    template = await template_of(wang)

    (answer,) = await pushed(wang, "popup", template_id=template, result="accept", variant=variant)

    assert answer["status"] == 403
    assert await balance(wang) == 0


@pytest.mark.parametrize("kind", ["debug", "revoke", "punish"])
async def test_other_events_are_acknowledged(wang: Person, kind: str) -> None:
    (answer,) = await pushed(wang, kind)

    assert answer["accepted"]


@pytest.mark.parametrize("code", ["9" * 400, "--1", "\u0663", "-", "", "x", "99999999999"])
async def test_a_result_that_is_no_errcode_is_acknowledged(wang: Person, code: str) -> None:
    template = await template_of(wang)
    item = {"TemplateId": template, "MsgID": "1", "ErrorCode": code, "ErrorStatus": "success"}

    answers = await pushed(wang, "event", event="subscribe_msg_sent_event", items=[item])

    assert [answer["status"] for answer in answers] == [200]


async def test_a_strangers_event_is_acknowledged(live: Live, http: ClientSession) -> None:
    stranger = person(live, http)
    await stranger.code("login")

    template = "TPL_APPOINTMENT_sandbox_0000000000000000003"
    (answer,) = await pushed(stranger, "popup", template_id=template, result="accept")

    assert answer["accepted"]


async def test_a_tap_revives_a_copy_that_waited_for_it(
    wang: Person, live: Live, http: ClientSession
) -> None:
    await wang.register()
    plan = await wang.get("/api/v1/subscriptions/plan?purpose=submit&item=FW-CG-003")
    case = await wang.apply("FW-CG-003")
    clerk = await on_duty(live, http, "clerk")
    await clerk.act(case["id"], "decline", {"reason": "属小区物业管理"})

    async def status() -> str:
        found: str = (await wang.get("/api/v1/messages"))["items"][0]["deliveries"][0]["status"]
        return found

    async def waits() -> bool:
        return await status() == "waiting_credit"

    async def arrived() -> bool:
        return await status() == "delivered"

    await until(waits)
    template = plan["templates"][0]["template_id"]
    body = {"user": wang.user, "template_id": template, "result": "accept"}
    await wang.control("POST", "/subscribe", body)
    await until(arrived)
    assert len(await wang.phone_messages()) == 1


async def test_who_takes_everything_back_is_out_at_once_and_forgotten(
    wang: Person, live: Live
) -> None:
    before = await wang.get("/api/v1/me")
    await wang.post("/api/v1/appointments", {"slot_id": (await wang.slots())[0]["id"]})

    answers = await pushed(wang, "cancel", copies=3)

    assert [answer["accepted"] for answer in answers] == [True] * 3

    async def is_out() -> bool:
        with contextlib.suppress(Refused):
            await wang.get("/api/v1/me")
            return False
        return True

    async def is_done() -> bool:
        connection = await behind(live)
        query = "SELECT state FROM erasure WHERE resident_id = $1"
        state = await connection.fetchval(query, UUID(before["id"]))
        return bool(state == "done")

    await until(is_out)
    await until(is_done)
    session = await wang.log_in()
    assert session["resident"]["id"] != before["id"]
    assert session["resident"]["assurance"] == "wechat"
    assert (await wang.get("/api/v1/appointments"))["items"] == []
    connection = await behind(live)
    kept = await connection.fetch(
        "SELECT a.status, m.body FROM appointment a JOIN message m ON m.appointment_id = a.id"
        " WHERE a.resident_id = $1",
        UUID(before["id"]),
    )
    assert {row["status"] for row in kept} == {"cancelled"}
    assert {row["body"] for row in kept} == {"账号已注销，消息内容已清除"}


async def test_a_phone_taken_back_is_gone_and_the_account_stays(wang: Person) -> None:
    await pushed(wang, "revoke", fields={"RevokeInfo": "6"})
    assert (await wang.get("/api/v1/me"))["phone_masked"]

    await pushed(wang, "revoke", fields={"RevokeInfo": "8"})

    me = await wang.get("/api/v1/me")
    assert (me["phone_masked"], me["assurance"]) == (None, "wechat")


async def test_reports_of_short_messages_come_to_their_secret_address(
    live: Live, http: ClientSession
) -> None:
    report = {"out_id": "of-another-system", "biz_id": "1^0", "success": True, "err_code": "OK"}
    url = f"{live.api}/sms/reports"
    told = []
    for token, body in (
        (SANDBOX_SMS_REPORT_TOKEN, [report]),
        ("guessed", [report]),
        (SANDBOX_SMS_REPORT_TOKEN, {"reports": [report]}),
        (SANDBOX_SMS_REPORT_TOKEN, [{"success": "perhaps"}]),
    ):
        async with http.post(url, params={"token": token}, json=body) as answer:
            told.append((answer.status, (await answer.json())["code"]))

    assert told == [
        (200, 0),
        (404, "report_address_unknown"),
        (422, "reports_invalid"),
        (422, "reports_invalid"),
    ]
