"""The order of refusals: each request has several faults, and the first one counts."""

from typing import Any

import pytest

from tests.sandbox.calls import CREDENTIAL, LOGIN, SEND, STABLE, WeChat

TOKEN = "/cgi-bin/token"
SESSION = "/sns/jscode2session"
GARBAGE = "92_" + "x" * 60


@pytest.mark.parametrize(
    ("request_line", "query", "body", "errcode"),
    [
        (("GET", SEND), {}, "", 43002),
        (("POST", TOKEN), {}, "", 43001),
        (("POST", SEND), {}, "{", 41001),
        (("POST", SEND), {"access_token": ""}, "", 41001),
        (("POST", SEND), {"access_token": "short"}, "", 40014),
        (("POST", SEND), {"access_token": GARBAGE}, "", 40001),
        (("POST", SEND), {"access_token": "good"}, "", 44002),
        (("POST", SEND), {"access_token": "good"}, "{", 47001),
        (("POST", SEND), {"access_token": "good"}, "[]", 47001),
        (("POST", SEND), {"access_token": "good"}, '{"touser":NaN}', 47001),
        (("POST", SEND), {"access_token": "good"}, "[" * 100_000, 47001),
        (("POST", SEND), {"access_token": "good"}, "{}", 40003),
        (("GET", TOKEN), {}, "", 41002),
        (("GET", TOKEN), {"appid": "wx1"}, "", 41004),
        (("GET", TOKEN), CREDENTIAL | {"appid": "wx1", "secret": "x"}, "", 40013),
        (("GET", TOKEN), CREDENTIAL | {"secret": "x", "grant_type": "x"}, "", 40125),
        (("GET", TOKEN), CREDENTIAL | {"grant_type": "x"}, "", 40002),
        (("GET", SESSION), LOGIN, "", 41008),
        (("GET", SESSION), LOGIN | {"js_code": "x", "secret": "x"}, "", 40125),
        (("GET", SESSION), LOGIN | {"js_code": "x", "grant_type": "x"}, "", 40002),
        (("GET", SESSION), LOGIN | {"js_code": "x"}, "", 40029),
        (("GET", STABLE), {}, "", 43002),
        (("POST", STABLE), {}, "", 44002),
        (("POST", STABLE), {}, "x", 47001),
        (("POST", STABLE), {}, '{"appid":1}', 41002),
    ],
)
async def test_the_first_fault_decides_the_errcode(
    wechat: WeChat, *, request_line: tuple[str, str], query: dict[str, str], body: str, errcode: int
) -> None:
    if query.get("access_token") == "good":
        query = {"access_token": await wechat.token()}

    method, path = request_line
    answer = await wechat.raw(method, path, params=query, data=body.encode())

    assert answer.status == 200
    assert (await answer.json(content_type=None))["errcode"] == errcode


async def test_a_chunked_body_is_refused_before_all_else(wechat: WeChat) -> None:
    async def pieces() -> Any:
        yield b"{}"

    answer = await wechat.raw("POST", SEND, data=pieces())

    assert (answer.status, await answer.read()) == (412, b"")


@pytest.mark.parametrize(("choice", "expected"), [("404", 404), ("40066", 200)])
async def test_an_unknown_path_is_refused_either_way(
    wechat: WeChat, choice: str, expected: int
) -> None:
    await wechat.control("options", unknown_path=choice)

    answer = await wechat.raw("GET", "/cgi-bin/nothing")

    assert answer.status == expected
    assert ("40066" in await answer.text()) == (expected == 200)


@pytest.mark.parametrize(("turn", "errcode"), [("first", 40164), ("last", 41002)])
async def test_a_foreign_ip_is_refused_first_or_last(
    wechat: WeChat, turn: str, errcode: int
) -> None:
    await wechat.control("options", ip_whitelist=["10.1.2.*", "192.0.2.0/24"], ip_check=turn)

    refused = await wechat.get(TOKEN)
    wrong_last = await wechat.get(TOKEN, **CREDENTIAL)

    assert refused["errcode"] == errcode
    assert wrong_last["errcode"] == 40164
    assert "not in whitelist rid: " in wrong_last["errmsg"]


@pytest.mark.parametrize("entry", ["127.0.0.1", "127.0.*", "127.0.0.0/8"])
async def test_a_listed_ip_is_served(wechat: WeChat, entry: str) -> None:
    await wechat.control("options", ip_whitelist=[entry])

    assert "access_token" in await wechat.get(TOKEN, **CREDENTIAL)


async def test_the_body_may_be_judged_before_the_token(wechat: WeChat) -> None:
    await wechat.control("options", body_check="before_token")

    assert (await wechat.post(SEND, []))["errcode"] == 47001
    assert (await wechat.post(SEND, {}))["errcode"] == 41001


async def test_the_errcode_of_a_bad_token_can_be_set(wechat: WeChat) -> None:
    await wechat.control("options", token_errcode="42001")

    assert (await wechat.post(SEND, {}, access_token=GARBAGE))["errcode"] == 42001


async def test_a_wrong_secret_may_also_answer_40001(wechat: WeChat) -> None:
    await wechat.control("options", wrong_secret=40001)

    token = await wechat.get(TOKEN, **CREDENTIAL | {"secret": "x"})
    session = await wechat.get(SESSION, **LOGIN | {"js_code": "x", "secret": "x"})

    assert (token["errcode"], session["errcode"]) == (40001, 40125)


async def test_the_request_id_carries_the_time(wechat: WeChat) -> None:
    now = (await wechat.shown("clock"))["unix"]

    refused = await wechat.get(TOKEN)
    plain = refused["errmsg"].partition(" rid: ")
    sns = (await wechat.get(SESSION))["errmsg"].partition(", rid: ")

    assert plain[0] == sns[0] == "appid missing"
    assert 0 <= int(plain[2][:8], 16) - now <= 5
    assert [len(part) for part in sns[2].split("-")] == [8, 8, 8]
