"""Binding WeCom: by a code, in a session of one's own, and what then arrives."""

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from tests.live import Live
from tests.people import on_duty

ME = "/api/v1/staff/me/wecom"


async def test_a_member_binds_wecom_by_its_code_and_takes_it_back(
    live: Live, http: ClientSession
) -> None:
    clerk = await on_duty(live, http, "clerk")
    reviewer = await on_duty(live, http, "reviewer")
    codes = [
        (await clerk.control("POST", "/wecom/codes", {"user": "Clerk"}))["code"] for _ in range(2)
    ]

    bound = await clerk.post(ME, {"code": codes[0]})
    with pytest.raises(Refused) as again:
        await clerk.post(ME, {"code": codes[0]})
    with pytest.raises(Refused) as taken:
        await reviewer.post(ME, {"code": codes[1]})
    seen = await clerk.get(ME)
    await clerk.call("DELETE", ME)

    assert bound == seen == {"bound": True}
    assert (again.value.status, again.value.code) == (422, "wecom_code_invalid")
    assert (taken.value.status, taken.value.code) == (409, "wecom_already_bound")
    assert await clerk.get(ME) == {"bound": False}
