"""The inbox over HTTP, as the mini-program uses it, with the real worker behind it."""

from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from tests.live import Live
from tests.people import Person, on_duty, person, until

INBOX = "/api/v1/messages"
LAMP = "FW-CG-003"
DIBAO = "SP-MZ-001"


@pytest.fixture
async def wang(live: Live, http: ClientSession) -> Person:
    """Somebody new who is logged in."""
    somebody = person(live, http)
    await somebody.show_phone()
    return somebody


async def refused(attempt: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as found:
        await attempt
    return found.value.status, str(found.value.code)


async def booked(who: Person, times: int = 1) -> list[dict[str, Any]]:
    """Appointments on as many free slots, cancelled again so that the next can be booked."""
    made = []
    for slot in (await who.slots(least=times))[:times]:
        appointment = await who.post("/api/v1/appointments", {"slot_id": slot["id"]})
        await who.post(f"/api/v1/appointments/{appointment['id']}/cancel", {})
        made.append(appointment)
    return made


async def tap(who: Person, template_id: str) -> None:
    """Accept in WeChat's popup; its event comes by itself."""
    body = {"user": who.user, "template_id": template_id, "result": "accept"}
    await who.control("POST", "/subscribe", body)


async def plan(who: Person, query: str = "purpose=book") -> list[dict[str, Any]]:
    templates: list[dict[str, Any]] = (await who.get(f"/api/v1/subscriptions/plan?{query}"))[
        "templates"
    ]
    return templates


async def test_each_change_is_a_line_until_it_is_read(wang: Person) -> None:
    (appointment,) = await booked(wang)

    inbox = await wang.get(INBOX)

    assert [line["kind"] for line in inbox["items"]] == ["appointment.cancel", "appointment.book"]
    assert {line["appointment_id"] for line in inbox["items"]} == {appointment["id"]}
    assert all(appointment["number"] in line["body"] for line in inbox["items"])
    assert inbox["unread"] == 2
    for _ in range(2):
        await wang.post(f"{INBOX}/{inbox['items'][0]['id']}/read")
    unread = await wang.get(f"{INBOX}?unread=true")
    assert unread["unread"] == 1
    assert [line["kind"] for line in unread["items"]] == ["appointment.book"]
    assert len((await wang.get(INBOX))["items"]) == 2


async def test_the_inbox_is_paged_without_gap_or_repetition(wang: Person) -> None:
    await booked(wang, times=2)

    first = await wang.get(f"{INBOX}?limit=3")
    rest = await wang.get(f"{INBOX}?limit=3&cursor={first['next_cursor']}")

    assert [len(page["items"]) for page in (first, rest)] == [3, 1]
    assert rest["next_cursor"] is None
    assert _ids(first) + _ids(rest) == _ids(await wang.get(INBOX))


def _ids(page: dict[str, Any]) -> list[str]:
    return [line["id"] for line in page["items"]]


async def test_anothers_message_does_not_exist(
    wang: Person, live: Live, http: ClientSession
) -> None:
    await booked(wang)
    line = (await wang.get(INBOX))["items"][0]
    li = person(live, http)
    await li.log_in()

    assert (await li.get(INBOX))["items"] == []
    for message_id in (line["id"], uuid4()):
        attempt = li.post(f"{INBOX}/{message_id}/read")
        assert await refused(attempt) == (404, "message_not_found")
    assert (await wang.get(INBOX))["unread"] == 2


async def test_a_copy_arrives_on_the_phone_of_whoever_consented(
    wang: Person, live: Live, http: ClientSession
) -> None:
    await wang.register()
    template = (await plan(wang, f"purpose=submit&item={LAMP}"))[0]
    assert (template["balance"], template["ask"]) == (0, True)
    await tap(wang, template["template_id"])
    assert (await plan(wang, f"purpose=submit&item={LAMP}"))[0]["balance"] == 1

    case = await wang.apply(LAMP)
    clerk = await on_duty(live, http, "clerk")
    await clerk.act(case["id"], "decline", {"reason": "属小区物业管理"})

    async def delivered() -> bool:
        line = (await wang.get(INBOX))["items"][0]
        return bool(line["deliveries"][0]["status"] == "delivered")

    await until(delivered)
    (message,) = await wang.phone_messages()
    assert message["template_id"] == template["template_id"]
    assert message["data"]["phrase3"] == {"value": "不予受理"}


async def test_the_plan_asks_for_what_the_items_way_will_need(wang: Person) -> None:
    planned = await plan(wang, f"purpose=submit&item={DIBAO}")

    # Accepted, two steps passed, decided, delivered, closed; and a supplement, which is not likely.
    assert [(each["expected_messages"], each["importance"]) for each in planned] == [
        (6, "result"),
        (1, "act"),
    ]
    assert all(each["ask"] and each["why"] for each in planned)
    assert await plan(wang, "purpose=open") == []
    path = "/api/v1/subscriptions/plan?purpose=submit&item=nothing"
    assert await refused(wang.get(path)) == (404, "item_not_found")


async def test_a_reported_tap_counts_until_wechat_tells_the_same(wang: Person) -> None:
    (template,) = await plan(wang)
    asked = template["template_id"]

    await wang.post("/api/v1/subscriptions", {"results": {asked: "accept"}})
    await wang.post("/api/v1/subscriptions", {"results": {asked: "reject"}})
    hinted = (await plan(wang))[0]["balance"]
    await tap(wang, asked)

    assert hinted == 1
    assert (await plan(wang))[0]["balance"] == 1


async def test_an_unknown_template_is_refused(wang: Person) -> None:
    attempt = wang.post("/api/v1/subscriptions", {"results": {"of-another-app": "accept"}})

    assert await refused(attempt) == (422, "template_unknown")
