"""The date to watch, as each message of a case tells it."""

from datetime import date, datetime
from typing import Any

from aiohttp import ClientSession

from config import calendar
from config.clock import city_day
from sandbox.handed_in import photo
from tests.live import Live
from tests.people import Person, person

ITEM = "SP-MZ-001"


def chinese(moment: str | date) -> str:
    day = datetime.fromisoformat(moment).date() if isinstance(moment, str) else moment
    return f"{day.year}年{day.month}月{day.day}日"


async def told(who: Person, case_id: str, kind: str) -> str:
    """The newest message of this kind about the case."""
    lines = (await who.get("/api/v1/messages?limit=100"))["items"]
    body: str = next(
        line["body"] for line in lines if (line["case_id"], line["kind"]) == (case_id, kind)
    )
    return body


async def asked_again(clerk: Person, case: dict[str, Any]) -> None:
    paper = case["materials"][0]["code"]
    body: dict[str, Any] = {"defects": [{"material_code": paper, "reason": "照片不清楚"}]}
    body["override_reason"] = "补交的照片仍不清楚"
    await clerk.act(case["id"], "supplement-requests", body)


async def answered(who: Person, case: dict[str, Any]) -> None:
    file_id = await who.upload("paper.jpg", photo("blue"), "image/jpeg")
    paper = case["materials"][0]["code"]
    body = {"materials": [{"material_code": paper, "file_id": file_id}]}
    await who.post(f"/api/v1/cases/{case['id']}/supplement", body)


async def test_each_message_tells_the_date_to_watch(live: Live, http: ClientSession) -> None:
    wang, clerk = person(live, http), person(live, http, "clerk")
    await wang.register()
    await clerk.log_in(staff=True)
    case = await wang.apply(ITEM)
    path = f"/api/v1/cases/{case['id']}"
    submitted = city_day(datetime.fromisoformat(case["submitted_at"]))
    answer = f"最晚{chinese(calendar.add_working_days(submitted, 5))}答复是否受理。"
    assert (await told(wang, case["id"], "case.submit")).endswith(answer)

    await asked_again(clerk, case)
    asked = await wang.get(path)
    deadline = chinese(asked["supplement_request"]["due_at"])
    request = await told(wang, case["id"], "case.request_supplement")
    assert request.endswith(f"请在{deadline}前补正。")

    await answered(wang, case)
    assert (await told(wang, case["id"], "case.supplement")).endswith("答复是否受理。")

    await clerk.act(case["id"], "accept", {})
    due = (await wang.get(path))["due"]
    promise = f"承诺{chinese(min(due['promised'], due['statutory']))}前办结。"
    assert (await told(wang, case["id"], "case.accept")).endswith(promise)

    await asked_again(clerk, case)
    await answered(wang, case)
    assert (await told(wang, case["id"], "case.supplement")).endswith(promise)

    await clerk.act(case["id"], "pass", {"opinion": "材料齐全"})
    assert (await told(wang, case["id"], "case.pass")).endswith(promise)
