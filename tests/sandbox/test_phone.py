"""getuserphonenumber."""

from typing import Any

import pytest

from tests.sandbox.calls import SECRET, WeChat


async def exchange(wechat: WeChat, code: object, **more: str) -> dict[str, Any]:
    return await wechat.api("/wxa/business/getuserphonenumber", {"code": code} | more)


async def test_a_code_becomes_the_users_number_once(wechat: WeChat) -> None:
    code = await wechat.code(kind="phone")
    number = (await wechat.shown("users/zhang"))["phone"]

    info = (await exchange(wechat, code))["phone_info"]
    again = await exchange(wechat, code)

    assert info["phoneNumber"] == info["purePhoneNumber"] == number
    assert info["countryCode"] == "86"
    assert info["watermark"]["appid"] == SECRET["appid"]
    assert again["errcode"] == 40029


async def test_only_a_foreign_number_shows_its_country(wechat: WeChat) -> None:
    await wechat.control("users/zhang", phone="61234567", country_code="852")

    info = (await exchange(wechat, await wechat.code(kind="phone")))["phone_info"]

    assert (info["phoneNumber"], info["purePhoneNumber"]) == ("+85261234567", "61234567")


async def test_login_codes_late_codes_and_nonsense_are_invalid(wechat: WeChat) -> None:
    login, late = await wechat.code(), await wechat.code(kind="phone")
    await wechat.advance(301)

    for code in (login, late, "x", "", None, 1):
        assert (await exchange(wechat, code))["errcode"] == 40029


async def test_another_apps_code_is_told_apart(wechat: WeChat) -> None:
    issued = await wechat.control("codes", user="zhang", kind="phone", appid="wx_other")

    assert (await exchange(wechat, issued["code"]))["errcode"] == 40013


@pytest.mark.parametrize("errcode", [40029, 40013, 40003])
async def test_another_persons_openid_is_refused(wechat: WeChat, errcode: int) -> None:
    await wechat.control("options", phone_mismatch=errcode)
    own, other = await wechat.openid(), await wechat.openid("li")

    mismatch = await exchange(wechat, await wechat.code(kind="phone"), openid=other)
    match = await exchange(wechat, await wechat.code(kind="phone"), openid=own)

    assert (mismatch["errcode"], match["errcode"]) == (errcode, 0)
