"""access_token: the plain and the stable kind, their lives, their quotas."""

from typing import Any

from tests.sandbox.calls import CREDENTIAL, SECRET, STABLE, WeChat

CHECKED = "/wxaapi/newtmpl/gettemplate"


async def plain(wechat: WeChat) -> str:
    return str((await wechat.get("/cgi-bin/token", **CREDENTIAL))["access_token"])


async def stable(wechat: WeChat, *, force: bool = False) -> dict[str, Any]:
    return await wechat.post(STABLE, CREDENTIAL | {"force_refresh": force})


async def errcode(wechat: WeChat, token: str) -> int:
    return int((await wechat.get(CHECKED, access_token=token))["errcode"])


async def test_each_plain_token_replaces_the_last_after_five_minutes(wechat: WeChat) -> None:
    first, second = await plain(wechat), await plain(wechat)

    at_once = await errcode(wechat, first)
    await wechat.advance(301)
    later = await errcode(wechat, first)

    assert first != second
    assert (at_once, later) == (0, 40001)
    assert await errcode(wechat, second) == 0


async def test_a_token_expires_after_two_hours(wechat: WeChat) -> None:
    token = await plain(wechat)
    assert len(token) == 512

    await wechat.advance(7201)

    assert await errcode(wechat, token) == 42001


async def test_the_stable_token_is_reused_and_counts_down(wechat: WeChat) -> None:
    first = await stable(wechat)
    await wechat.advance(6000)
    again = await stable(wechat)
    await wechat.advance(900)
    renewed = await stable(wechat)

    assert first["access_token"] == again["access_token"] != renewed["access_token"]
    assert 7190 <= first["expires_in"] <= 7200
    assert 1190 <= again["expires_in"] <= 1200
    assert "errcode" not in first
    assert await errcode(wechat, first["access_token"]) == 0


async def test_force_refresh_kills_the_old_token_at_once(wechat: WeChat) -> None:
    old = (await stable(wechat))["access_token"]

    new = (await stable(wechat, force=True))["access_token"]

    assert await errcode(wechat, old) == 40001
    assert await errcode(wechat, new) == 0


async def test_force_refresh_is_rationed(wechat: WeChat) -> None:
    await stable(wechat, force=True)
    too_soon = await stable(wechat, force=True)
    for _ in range(19):
        await wechat.advance(31)
        assert "access_token" in await stable(wechat, force=True)
    await wechat.advance(31)
    too_many = await stable(wechat, force=True)
    await wechat.advance(86_400)

    assert too_soon["errcode"] == too_many["errcode"] == 45009
    assert "access_token" in await stable(wechat, force=True)


async def test_the_two_kinds_leave_each_other_alone(wechat: WeChat) -> None:
    lasting, passing = (await stable(wechat))["access_token"], await plain(wechat)

    await plain(wechat)
    await stable(wechat, force=True)
    await wechat.advance(200)

    assert await errcode(wechat, passing) == 0
    assert await errcode(wechat, lasting) == 40001


async def test_the_day_and_the_minute_have_quotas_that_clear_quota_renews(wechat: WeChat) -> None:
    path = "/cgi-bin/token"
    await wechat.control("quota", path=path, per_day=3, per_minute=2)
    await plain(wechat)
    await plain(wechat)

    minute = await wechat.get(path, **CREDENTIAL)
    await wechat.advance(60)
    await plain(wechat)
    day = await wechat.get(path, **CREDENTIAL)
    await wechat.api("/cgi-bin/clear_quota", {"appid": SECRET["appid"]})

    assert (minute["errcode"], day["errcode"]) == (45011, 45009)
    assert await plain(wechat)


async def test_clear_quota_works_ten_times_a_month(wechat: WeChat) -> None:
    body = {"appid": SECRET["appid"], "appsecret": SECRET["secret"]}
    for _ in range(5):
        assert (await wechat.post("/cgi-bin/clear_quota/v2", body))["errcode"] == 0
        assert (await wechat.api("/cgi-bin/clear_quota", body))["errcode"] == 0

    assert (await wechat.post("/cgi-bin/clear_quota/v2", body))["errcode"] == 48006
    await wechat.advance(31 * 86_400)
    assert (await wechat.post("/cgi-bin/clear_quota/v2", body))["errcode"] == 0
