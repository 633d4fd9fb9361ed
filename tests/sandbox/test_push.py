"""What arrives at the server when something happens on a phone."""

import base64
import json
import struct
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from config.published import SANDBOX_APPID, SANDBOX_PUSH_AES_KEY, SANDBOX_PUSH_TOKEN
from sandbox.push_crypto import signature
from tests.sandbox.calls import ACTION, PROGRESS, Received, Receiver, WeChat

POPUP = "subscribe_msg_popup_event"


def opened(push: Received) -> tuple[str, str]:
    """Return the message inside `Encrypt` and the appid behind it, the signature checked."""
    if push.content_type == "text/xml":
        sealed = ET.fromstring(push.body).findtext("Encrypt", "")
    else:
        sealed = json.loads(push.body)["Encrypt"]
    signed = (push.query["timestamp"], push.query["nonce"])
    assert push.query["msg_signature"] == signature(SANDBOX_PUSH_TOKEN, *signed, sealed)
    key = base64.b64decode(SANDBOX_PUSH_AES_KEY + "=")
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = cipher.update(base64.b64decode(sealed))[16:]
    assert plain[-1] <= 32
    plain = plain[: -plain[-1]]
    (length,) = struct.unpack(">I", plain[:4])
    return plain[4 : 4 + length].decode(), plain[4 + length :].decode()


async def test_a_popup_is_told_before_the_control_call_answers(
    wechat: WeChat, receiver: Receiver
) -> None:
    answer = await wechat.accept()

    [push] = receiver.pushes
    message, appid = opened(push)
    event = json.loads(message)
    assert answer["push"] == "delivered"
    assert appid == SANDBOX_APPID
    assert json.loads(push.body).keys() == {"ToUserName", "Encrypt"}
    assert push.query["encrypt_type"] == "aes"
    assert push.query["openid"] == event["FromUserName"] == answer["openid"]
    assert event["MsgType"] == "event"
    assert event["Event"] == POPUP
    assert event["List"] == {
        "TemplateId": PROGRESS,
        "SubscribeStatusString": "accept",
        "PopupScene": 0,
    }


async def test_several_answers_of_one_popup_are_an_array(
    wechat: WeChat, receiver: Receiver
) -> None:
    await wechat.control("options", push_mode="plain")
    await wechat.openid()

    await wechat.control(
        "subscribe", user="zhang", results={PROGRESS: "acceptWithAlert", ACTION: "reject"}
    )

    event = json.loads(receiver.pushes[0].body)
    assert [item["SubscribeStatusString"] for item in event["List"]] == ["accept", "reject"]
    assert (await wechat.shown("users/zhang"))["credits"] == {PROGRESS: 1}


async def test_lists_and_numbers_have_their_other_forms(wechat: WeChat, receiver: Receiver) -> None:
    await wechat.control("options", push_mode="plain", single_list="array", number_strings=True)

    await wechat.accept()

    event = json.loads(receiver.pushes[0].body)
    assert event["List"][0]["PopupScene"] == "0"
    assert event["CreateTime"].isdecimal()


async def test_a_plain_push_signs_without_its_body(wechat: WeChat, receiver: Receiver) -> None:
    await wechat.control("options", push_mode="plain")

    await wechat.accept()

    [push] = receiver.pushes
    assert push.query.keys() == {"signature", "timestamp", "nonce"}
    expected = signature(SANDBOX_PUSH_TOKEN, push.query["timestamp"], push.query["nonce"])
    assert push.query["signature"] == expected
    assert push.content_type == "application/json"


@pytest.mark.parametrize("format_", ["json", "xml"])
async def test_compatible_mode_carries_both(
    wechat: WeChat, receiver: Receiver, format_: str
) -> None:
    await wechat.control("options", push_mode="compatible", push_format=format_)

    await wechat.accept()

    [push] = receiver.pushes
    message, _ = opened(push)
    if format_ == "json":
        shown = json.loads(push.body)
        shown.pop("Encrypt")
        assert shown == json.loads(message)
    else:
        root = ET.fromstring(push.body)
        assert root.findtext("Event") == POPUP
        assert ET.fromstring(message).findtext("Event") == POPUP


async def test_xml_wraps_the_list(wechat: WeChat, receiver: Receiver) -> None:
    await wechat.control("options", push_format="xml")
    await wechat.openid()

    await wechat.control("subscribe", user="zhang", results={PROGRESS: "accept", ACTION: "accept"})

    [push] = receiver.pushes
    root = ET.fromstring(opened(push)[0])
    assert push.content_type == "text/xml"
    assert {child.tag for child in ET.fromstring(push.body)} == {"ToUserName", "Encrypt"}
    assert [
        item.findtext("TemplateId") for item in root.findall("SubscribeMsgPopupEvent/List")
    ] == [PROGRESS, ACTION]


async def test_a_refusal_in_the_settings_is_a_change(wechat: WeChat, receiver: Receiver) -> None:
    await wechat.control("options", push_mode="plain")
    await wechat.openid()

    await wechat.control(
        "subscribe", user="zhang", template_id=PROGRESS, result="reject", via="settings"
    )

    event = json.loads(receiver.pushes[0].body)
    assert event["Event"] == "subscribe_msg_change_event"
    assert event["List"] == {"TemplateId": PROGRESS, "SubscribeStatusString": "reject"}


@pytest.mark.parametrize("result", ["ban", "filter"])
async def test_what_nobody_answered_is_not_pushed(
    wechat: WeChat, receiver: Receiver, result: str
) -> None:
    await wechat.openid()

    answer = await wechat.control("subscribe", user="zhang", template_id=PROGRESS, result=result)

    assert answer["push"] == "none"
    assert receiver.pushes == []


async def test_a_sent_message_is_reported(wechat: WeChat, receiver: Receiver) -> None:
    await wechat.control("options", push_mode="plain", sent_error_code=-1)
    await wechat.accept()

    sent = await wechat.send()

    event = json.loads((await receiver.until(2))[1].body)
    assert event["Event"] == "subscribe_msg_sent_event"
    assert event["List"]["MsgID"] == str(sent["msgid"])
    assert event["List"]["ErrorCode"] == -1


@pytest.mark.parametrize("resigns", [True, False])
async def test_three_attempts_then_no_more(
    wechat: WeChat, receiver: Receiver, *, resigns: bool
) -> None:
    receiver.answers = [(500, ""), (200, "error"), (302, "success")]
    await wechat.control("options", push_retry_s=0, redelivery_resigns=resigns, push_mode="safe")

    first = (await wechat.accept())["push"]
    pushes = await receiver.until(3)
    bodies = {opened(push)[0] for push in pushes}
    nonces = {push.query["nonce"] for push in pushes}
    await wechat.accept("li")

    assert first == "failed"
    assert len(bodies) == 1
    assert len(nonces) == (3 if resigns else 1)
    counts = (await wechat.shown("stats"))["pushes"][POPUP]
    assert counts == {"attempts": 4, "given_up": 1, "delivered": 1}


async def test_an_empty_answer_is_enough(wechat: WeChat, receiver: Receiver) -> None:
    receiver.answers = [(200, "")]

    assert (await wechat.accept())["push"] == "delivered"


async def test_a_server_that_is_away_breaks_nothing(wechat: WeChat) -> None:
    await wechat.control("options", push_url="http://127.0.0.1:1/wechat/push", push_retry_s=0)

    accepted, sent = await wechat.accept(), await wechat.send()

    assert accepted["push"] == "failed"
    assert sent["errcode"] == 0
    assert (await wechat.shown("pushes"))["items"][0]["status"] == 0


async def test_the_url_check_proves_the_server(wechat: WeChat, receiver: Receiver) -> None:
    answer = await wechat.control("push", kind="url_check")

    [check] = receiver.pushes
    assert answer["echoed"] is True
    assert check.method == "GET"
    signed = signature(SANDBOX_PUSH_TOKEN, check.query["timestamp"], check.query["nonce"])
    assert check.query["signature"] == signed


async def pushed(wechat: WeChat, receiver: Receiver, **body: Any) -> list[Received]:
    receiver.pushes.clear()
    await wechat.openid()
    answer = await wechat.control("push", **{"kind": "popup", "user": "zhang"} | body)
    assert len(answer["outcomes"]) == len(receiver.pushes)
    return receiver.pushes


async def test_spoilt_pushes(wechat: WeChat, receiver: Receiver) -> None:
    [wrong_app] = await pushed(wechat, receiver, variant="wrong_appid")
    assert opened(wrong_app)[1] != SANDBOX_APPID

    [unsigned] = await pushed(wechat, receiver, variant="bad_signature")
    with pytest.raises(AssertionError):
        opened(unsigned)

    [cut] = await pushed(wechat, receiver, variant="truncated")
    with pytest.raises(ValueError, match="Unterminated string"):
        json.loads(cut.body)

    [stale] = await pushed(wechat, receiver, variant="stale")
    age = (await wechat.shown("clock"))["unix"] - int(stale.query["timestamp"])
    assert 3600 <= age <= 3610
    assert opened(stale)[1] == SANDBOX_APPID

    copies = await pushed(wechat, receiver, copies=3)
    assert len({opened(copy)[0] for copy in copies}) == 1


async def test_held_pushes_are_released_in_any_order(wechat: WeChat, receiver: Receiver) -> None:
    await wechat.control("options", push_hold=True, push_mode="plain")
    held = await wechat.accept()
    await wechat.accept(template_id=ACTION)

    await wechat.control("push", kind="release", order="reversed", copies=2)

    names = [json.loads(push.body)["List"]["TemplateId"] for push in receiver.pushes]
    assert held["push"] == "held"
    assert names == [ACTION, ACTION, PROGRESS, PROGRESS]
    assert (await wechat.control("push", kind="release"))["outcomes"] == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("revoke", "user_authorization_revoke"),
        ("cancel", "user_authorization_cancellation"),
        ("modified", "user_info_modified"),
        ("punish", "wxa_punish_event"),
        ("debug", "debug_demo"),
    ],
)
async def test_other_events_can_be_pushed(
    wechat: WeChat, receiver: Receiver, kind: str, name: str
) -> None:
    await wechat.control("options", push_mode="plain")

    [push] = await pushed(wechat, receiver, kind=kind, fields={"more": 1})

    event = json.loads(push.body)
    assert (event["Event"], event["more"]) == (name, 1)
    assert (event.get("OpenID") == await wechat.openid()) == (kind != "debug")


async def test_any_event_can_be_pushed(wechat: WeChat, receiver: Receiver) -> None:
    await wechat.control("options", push_mode="plain", push_format="xml")

    [push] = await pushed(
        wechat, receiver, kind="event", event="new_event", fields={"a": "]]>"}, items=[{"B": 1}]
    )

    root = ET.fromstring(push.body)
    assert root.findtext("Event") == "new_event"
    assert root.findtext("a") == "]]>"
    assert root.findtext("List/B") == "1"
