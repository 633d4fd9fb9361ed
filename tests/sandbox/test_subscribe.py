"""subscribe/send: who may be told what."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession

from sandbox import server, templates
from sandbox.state import State
from tests.sandbox.calls import ACTION, PROGRESS, SEND, WeChat, filled


async def test_one_accept_pays_for_one_message(wechat: WeChat) -> None:
    await wechat.accept()

    sent, again = await wechat.send(), await wechat.send()

    assert (sent["errcode"], sent["errmsg"]) == (0, "ok")
    assert 2**60 < sent["msgid"] < 2**63
    assert again["errcode"] == 43101
    assert again["errmsg"].startswith("user refuse to accept the msg rid: ")
    [message] = await wechat.messages()
    assert message["msgid"] == sent["msgid"]
    assert message["data"] == filled()
    assert message["page"] == "pages/case/detail?id=1"


async def test_credits_add_up_per_user_and_template(wechat: WeChat) -> None:
    await wechat.accept()
    twice = await wechat.accept()
    await wechat.openid("li")

    assert twice["credits"] == {PROGRESS: 2}
    assert (await wechat.send("li"))["errcode"] == 43101
    assert (await wechat.send(template_id=ACTION, data=filled(thing3="户口簿")))["errcode"] == 43101
    assert [(await wechat.send())["errcode"] for _ in range(3)] == [0, 0, 43101]


@pytest.mark.parametrize(
    ("changes", "errcode", "errmsg"),
    [
        ({"touser": ""}, 40003, "invalid openid"),
        ({"touser": "oFOREIGN"}, 40003, "invalid openid"),
        ({"touser": 7}, 40003, "invalid openid"),
        ({"template_id": "x"}, 40037, "invalid template_id"),
        ({"template_id": None}, 40037, "invalid template_id"),
        ({"page": "pages/secret"}, 41030, "invalid page"),
        ({"page": 1}, 41030, "invalid page"),
        ({"miniprogram_state": "release"}, 47003, "argument invalid! miniprogram_state"),
        ({"lang": "zh"}, 47003, "argument invalid! lang invalid"),
        ({"data": '{"thing1":{"value":"x"}}'}, 47003, "argument invalid! data.thing1.value is emp"),
        ({"data": {"thing1": "text"}}, 47003, "argument invalid! data.thing1.value is empty"),
        ({"data": {"thing1.DATA": {"value": "x"}}}, 47003, "argument invalid! data.thing1.value"),
        ({"data": filled(phrase3=" ")}, 47003, "argument invalid! data.phrase3.value is empty"),
        ({"data": filled(time4="明天")}, 47003, "argument invalid! data.time4.value invalid"),
        ({"data": filled() | {"thing5": {"value": 5}}}, 47003, "argument invalid! data.thing5.val"),
        ({"data": filled(thing5="代开发票")}, 45168, "sensitive words"),
    ],
)
async def test_a_bad_message_is_refused_and_costs_nothing(
    wechat: WeChat, changes: dict[str, Any], errcode: int, errmsg: str
) -> None:
    await wechat.accept()

    refused = await wechat.send(**changes)

    assert refused["errcode"] == errcode
    assert refused["errmsg"].startswith(errmsg)
    assert await wechat.messages() == []
    assert (await wechat.send())["errcode"] == 0


@pytest.mark.parametrize("page", ["", "/pages/case/detail?id=1", "pages/message/list"])
async def test_pages_of_the_released_version_are_taken(wechat: WeChat, page: str) -> None:
    await wechat.accept()

    assert (await wechat.send(page=page))["errcode"] == 0


@pytest.mark.parametrize(("order", "errcode"), [("fields_first", 47003), ("credit_first", 43101)])
async def test_the_order_of_fields_and_credit_can_be_set(
    wechat: WeChat, order: str, errcode: int
) -> None:
    await wechat.control("options", check_order=order)

    assert (await wechat.send(data={}))["errcode"] == errcode


async def test_a_failed_send_may_be_made_to_cost_a_credit(wechat: WeChat) -> None:
    await wechat.control("options", spend_on_failure=True)
    await wechat.accept()

    assert (await wechat.send(data={}))["errcode"] == 47003
    assert (await wechat.send())["errcode"] == 43101


@pytest.mark.parametrize(
    ("wording", "empty", "invalid"),
    [("typo", "value is emtpy rid", "value invalid rid"), ("cut", "value is e rid", "value i rid")],
)
async def test_the_wording_of_47003_varies(
    wechat: WeChat, wording: str, empty: str, invalid: str
) -> None:
    await wechat.control("options", field_error_text=wording)

    assert empty in (await wechat.send(data={}))["errmsg"]
    assert invalid in (await wechat.send(data=filled(time4="x")))["errmsg"]


async def test_extra_keys_are_ignored_or_refused(wechat: WeChat) -> None:
    await wechat.accept()
    extra = filled() | {"thing9": {"value": "x"}}

    ignored = await wechat.send(data=extra)
    await wechat.control("options", extra_keys="refuse")
    refused = await wechat.send(data=extra)

    assert ignored["errcode"] == 0
    assert "thing9" not in (await wechat.messages())[0]["data"]
    assert "data.thing9.value invalid" in refused["errmsg"]


async def test_a_banned_template_is_refused(wechat: WeChat) -> None:
    await wechat.accept()
    await wechat.control("options", banned_templates=[PROGRESS])

    assert (await wechat.send())["errcode"] == 43107


async def test_the_main_switch_and_the_settings_refuse(wechat: WeChat) -> None:
    await wechat.accept()
    await wechat.accept("li")

    await wechat.control("users/zhang", refuse=True)
    await wechat.control(
        "subscribe", user="li", template_id=PROGRESS, result="reject", via="settings"
    )

    assert (await wechat.send())["errcode"] == 43101
    assert (await wechat.send("li"))["errcode"] == 43101
    assert (await wechat.shown("users/li"))["credits"] == {PROGRESS: 0}


async def test_overlapping_sends_to_one_user_can_be_refused(wechat: WeChat) -> None:
    await wechat.control("options", overlap_43108=True, send_ms=200)
    await wechat.control("users/zhang", credits={PROGRESS: 5})
    token, body = await wechat.token(), await wechat.message()

    answers = await asyncio.gather(*(wechat.post(SEND, body, access_token=token) for _ in range(5)))

    assert sorted(answer["errcode"] for answer in answers) == [0] + [43108] * 4
    assert len(await wechat.messages()) == 1


async def test_a_phone_keeps_the_latest_two_hundred(wechat: WeChat) -> None:
    await wechat.control("users/zhang", credits={PROGRESS: 300})
    await wechat.control("options", sent_event=False)
    token, body = await wechat.token(), await wechat.message()

    for _ in range(205):
        last = await wechat.post(SEND, body, access_token=token)

    kept = await wechat.messages()
    assert len(kept) == 200
    assert kept[-1]["msgid"] == last["msgid"]


async def test_gettemplate_shows_the_keys(wechat: WeChat) -> None:
    shown = await wechat.get("/wxaapi/newtmpl/gettemplate", access_token=await wechat.token())

    first = shown["data"][0]
    assert first["priTmplId"] == PROGRESS
    assert first["content"].startswith(
        "事项名称:{{thing1.DATA}}\n办件编号:{{character_string2.DATA}}"
    )
    assert first["type"] == 2


async def test_every_template_is_fit_for_wechat() -> None:
    for template in templates.load().values():
        assert len(template.id) == 43
        assert 2 <= len(template.labels) <= 5


async def test_a_long_term_consent_pays_for_all(tmp_path: Path, push_url: str) -> None:
    rows = [{"id": "T3", "name": "x", "title": "长期", "type": 3, "keys": {"thing1": "一"}}]
    file = tmp_path / "templates.yaml"
    file.write_text(yaml.safe_dump(rows), encoding="utf-8")
    state = State(push_url=push_url, templates_file=str(file))
    runner, url = await server.start(state, host="127.0.0.1", port=0)
    async with ClientSession() as session:
        wechat, data = WeChat(url, session), {"thing1": {"value": "一"}}
        before = await wechat.send(template_id="T3", data=data)
        await wechat.accept(template_id="T3")
        sent = [(await wechat.send(template_id="T3", data=data))["errcode"] for _ in range(3)]
    await runner.cleanup()

    assert before["errcode"] == 43101
    assert sent == [0, 0, 0]
