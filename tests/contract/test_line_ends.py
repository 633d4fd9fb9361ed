from aiohttp import ClientSession

from tests.contract.scene import ITEM
from tests.live import Live
from tests.people import person


async def test_line_ends_of_all_systems_are_taken_and_kept_as_one(
    live: Live, http: ClientSession
) -> None:
    resident, clerk = person(live, http), person(live, http, "clerk")
    await resident.register()
    await clerk.log_in(staff=True)
    application = await resident.application(ITEM)
    application["form"]["reason"] = "一\r\n二\r三\n四"

    case = await resident.post("/api/v1/cases", application)
    assert case["form"]["reason"] == "一\n二\n三\n四"
    noted = await clerk.act(case["id"], "accept", {"note": "甲\r\n乙\r丙"})
    assert noted["timeline"][-1]["note"] == "甲\n乙\n丙"
    passed = await clerk.act(case["id"], "pass", {"opinion": "同意\r\n"})
    assert passed["timeline"][-1]["opinion"] == "同意\n"
