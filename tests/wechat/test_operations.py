"""The operations against WeChat's documented answers."""

import pytest
from aiohttp import web

from tests.wechat.conftest import Configure, WeChat
from wechat import operations
from wechat.errcodes import Reaction, WeChatError, WeChatUnavailable
from wechat.operations import Suggestion, TextScene, TextVerdict

OPENID = "oOPENIDofSomebody"
SEND = "/cgi-bin/message/subscribe/send"
CHECK = "/wxa/msg_sec_check"
CODE = "/wxa/getwxacodeunlimit"
PNG = b"\x89PNG\r\n\x1a\n..."


async def test_a_login_gives_who_it_is_and_keeps_the_session_key_to_itself(server: WeChat) -> None:
    server.on(
        "/sns/jscode2session",
        {"openid": OPENID, "session_key": "eafmjK9FYzCVpqPSo/FBsQ==", "unionid": "oUNION"},
    )

    identity = await operations.code_to_session("code")

    assert identity == operations.LoginIdentity(openid=OPENID, unionid="oUNION")
    assert server.calls[0].query["js_code"] == "code"
    assert server.calls[0].query["grant_type"] == "authorization_code"


async def test_a_used_code_asks_for_a_new_one(server: WeChat) -> None:
    server.on("/sns/jscode2session", {"errcode": 40163, "errmsg": "code been used, rid: 658c03c7"})

    with pytest.raises(WeChatError) as caught:
        await operations.code_to_session("code")

    assert caught.value.reaction is Reaction.NEW_CODE
    assert len(server.calls) == 1


async def test_a_phone_number_comes_without_its_country(server: WeChat) -> None:
    server.on(
        "/wxa/business/getuserphonenumber",
        {
            "errcode": 0,
            "errmsg": "ok",
            "phone_info": {
                "phoneNumber": "+8613800138000",
                "purePhoneNumber": "13800138000",
                "countryCode": "86",
                "watermark": {"timestamp": 1637744274, "appid": "wx"},
            },
        },
    )

    number = await operations.phone_number(OPENID, "code")

    assert number == operations.PhoneNumber("13800138000", "86")
    assert server.calls[-1].body == {"code": "code", "openid": OPENID}


async def test_a_message_is_shortened_before_it_is_sent(
    server: WeChat, configure: Configure
) -> None:
    configure(wechat_miniprogram_state="trial")
    server.on(SEND, {"errcode": 0, "errmsg": "ok", "msgid": 1})

    await operations.send_subscribe_message(
        OPENID, "T", {"thing1": "一" * 30, "phrase2": "审核通过。"}, page="pages/case/detail?id=1"
    )

    assert server.calls[-1].body == {
        "touser": OPENID,
        "template_id": "T",
        "page": "pages/case/detail?id=1",
        "data": {"thing1": {"value": "一" * 19 + "…"}, "phrase2": {"value": "审核通过"}},
        "miniprogram_state": "trial",
        "lang": "zh_CN",
    }


async def test_a_message_that_cannot_fit_is_never_sent(server: WeChat) -> None:
    with pytest.raises(WeChatError) as caught:
        await operations.send_subscribe_message(OPENID, "T", {"date2": "明天"})

    assert (caught.value.errcode, caught.value.field) == (47003, "date2")
    assert "明天" not in str(caught.value)
    assert server.calls == []


async def test_a_send_without_msgid_is_a_send(server: WeChat) -> None:
    server.on(SEND, {"errcode": 0, "errmsg": "ok"})

    assert await operations.send_subscribe_message(OPENID, "T", {"thing1": "x"}) is None


@pytest.mark.parametrize(
    ("suggest", "label", "verdict"),
    [
        ("pass", 100, TextVerdict(Suggestion.PASS, 100)),
        ("review", 20001, TextVerdict(Suggestion.REVIEW, 20001)),
        ("risky", 20006, TextVerdict(Suggestion.RISKY, 20006)),
        ("something new", 1, TextVerdict(Suggestion.REVIEW, 1)),
    ],
)
async def test_a_text_is_judged_and_the_unknown_left_to_a_human(
    server: WeChat, suggest: str, label: int, verdict: TextVerdict
) -> None:
    server.on(CHECK, {"errcode": 0, "result": {"suggest": suggest, "label": label}})

    assert await operations.check_text(OPENID, "text", TextScene.COMMENT) == verdict
    assert server.calls[-1].body == {
        "openid": OPENID,
        "scene": 2,
        "version": 2,
        "content": "text",
    }


@pytest.mark.parametrize(("length", "parts"), [(1, 1), (2500, 1), (2501, 2), (6000, 3)])
async def test_a_long_text_is_judged_by_its_worst_part(
    server: WeChat, length: int, parts: int
) -> None:
    async def judge(request: web.Request) -> web.Response:
        content = (await request.json())["content"]
        assert len(content) <= 2500
        suggest = "risky" if "毒" in content else "pass"
        return web.json_response({"errcode": 0, "result": {"suggest": suggest, "label": 1}})

    server.on(CHECK, judge)

    verdict = await operations.check_text(OPENID, "一" * (length - 1) + "毒", TextScene.FORUM)

    assert verdict.suggestion is Suggestion.RISKY
    assert server.count(CHECK) == parts


@pytest.mark.parametrize(
    ("state", "env_version", "check_path"),
    [("formal", "release", True), ("trial", "trial", False), ("developer", "develop", False)],
)
async def test_a_code_is_drawn_for_the_version_in_use(
    server: WeChat, configure: Configure, *, state: str, env_version: str, check_path: bool
) -> None:
    async def draw(_: web.Request) -> web.Response:
        return web.Response(body=PNG, content_type="application/json")

    configure(wechat_miniprogram_state=state)
    server.on(CODE, draw)

    assert await operations.mini_program_code("a1B2", "pages/case/detail") == PNG
    body = server.calls[-1].body
    assert (body["env_version"], body["check_path"]) == (env_version, check_path)


async def test_a_refusal_labelled_as_an_image_is_a_refusal(server: WeChat) -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(body=b'{"errcode":41030,"errmsg":"x"}', content_type="image/jpeg")

    server.on(CODE, refuse)

    with pytest.raises(WeChatError) as caught:
        await operations.mini_program_code("a1B2", "pages/nowhere")

    assert caught.value.errcode == 41030


async def test_a_drawing_that_is_none_is_no_answer(server: WeChat) -> None:
    server.on(CODE, {"errcode": 0})

    with pytest.raises(WeChatUnavailable):
        await operations.mini_program_code("a1B2", "pages/case/detail")


@pytest.mark.parametrize("scene", ["", "a" * 33, "中文", "a%b", "a b"])
async def test_a_scene_that_wechat_would_reject_is_a_mistake_of_ours(scene: str) -> None:
    with pytest.raises(ValueError, match="scene"):
        await operations.mini_program_code(scene, "pages/case/detail")
