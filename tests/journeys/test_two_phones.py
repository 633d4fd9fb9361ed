"""Whoever has two phones is one person: what was begun on one is seen and done on the other."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused, id_number
from sandbox.seed import COMMUNITY
from tests.live import Live
from tests.people import Person, on_duty, person

APPOINTMENTS, MESSAGES = "/api/v1/appointments", "/api/v1/messages"
ITEM = "SP-MZ-001"
# Nobody else of the tests was born then.
BIRTHDAYS = (date(1915, 1, 1) + timedelta(days=number) for number in count())


@dataclass
class Phones:
    """Two accounts of one confirmed person, and somebody else's."""

    old: Person
    new: Person
    stranger: Person


@pytest.fixture
async def phones(live: Live, http: ClientSession) -> Phones:
    old, new, stranger = (person(live, http) for _ in range(3))
    hers, another = (id_number(born=next(BIRTHDAYS)) for _ in range(2))
    for each, number in ((old, hers), (new, hers), (stranger, another)):
        await each.show_phone()
        await each.post("/api/v1/me/real-name", {"name": "王秀英", "id_number": number})
        await each.call("PUT", "/api/v1/me", {"community_code": COMMUNITY})
    return Phones(old, new, stranger)


async def test_what_one_phone_booked_the_other_moves_and_cancels(phones: Phones) -> None:
    items = (await phones.old.get("/api/v1/items?limit=100"))["items"]
    item = next(each["code"] for each in items if each["appointment"])
    first, second, third = (await phones.old.slots(item, least=3))[:3]
    booked = await phones.old.post(APPOINTMENTS, {"slot_id": first["id"], "item_code": item})
    path = f"{APPOINTMENTS}/{booked['id']}"

    assert (await phones.new.get(APPOINTMENTS))["items"] == [booked]
    assert await phones.new.get(path) == booked
    with pytest.raises(Refused, match="already_booked"):
        await phones.new.post(APPOINTMENTS, {"slot_id": third["id"], "item_code": item})
    moved = await phones.new.post(f"{path}/reschedule", {"slot_id": second["id"]})
    assert moved["slot"]["id"] == second["id"]
    again = await phones.new.post(APPOINTMENTS, {"slot_id": third["id"]})
    cancelled = await phones.new.post(f"{path}/cancel", {"reason": "临时有事"})

    assert (await phones.old.get(path)) == cancelled
    for each in (phones.old, phones.new):
        assert (await each.get(APPOINTMENTS))["items"] == [again, cancelled]
        assert (await each.get(f"{APPOINTMENTS}?status=booked"))["items"] == [again]
        page = await each.get(f"{APPOINTMENTS}?limit=1")
        rest = await each.get(f"{APPOINTMENTS}?limit=1&cursor={page['next_cursor']}")
        assert page["items"] + rest["items"] == [again, cancelled]
    assert (await phones.stranger.get(APPOINTMENTS))["items"] == []
    for act, body in (("cancel", {}), ("reschedule", {"slot_id": first["id"]})):
        with pytest.raises(Refused, match="appointment_not_found"):
            await phones.stranger.post(f"{APPOINTMENTS}/{again['id']}/{act}", body)


def told(inbox: dict[str, Any]) -> list[str]:
    return [line["kind"] for line in inbox["items"]]


async def test_what_one_phone_is_told_the_other_reads(
    phones: Phones, live: Live, http: ClientSession
) -> None:
    case = await phones.old.apply(ITEM)
    clerk = await on_duty(live, http, "clerk")
    defect = {"material_code": case["materials"][0]["code"], "reason": "照片不清楚"}
    await clerk.act(case["id"], "supplement-requests", {"defects": [defect]})
    slot = (await phones.old.slots())[0]["id"]
    booked = await phones.new.post(APPOINTMENTS, {"slot_id": slot})
    await phones.old.post(f"{APPOINTMENTS}/{booked['id']}/cancel", {})

    kinds = ["appointment.cancel", "appointment.book", "case.request_supplement", "case.submit"]
    for each in (phones.old, phones.new):
        inbox = await each.get(MESSAGES)
        assert (told(inbox), inbox["unread"]) == (kinds, 4)
    page = await phones.new.get(f"{MESSAGES}?limit=3")
    rest = await phones.new.get(f"{MESSAGES}?limit=3&cursor={page['next_cursor']}")
    assert (told(page) + told(rest), rest["next_cursor"]) == (kinds, None)

    request = inbox["items"][2]["id"]
    with pytest.raises(Refused, match="message_not_found"):
        await phones.stranger.post(f"{MESSAGES}/{request}/read")
    await phones.new.post(f"{MESSAGES}/{request}/read")

    for each in (phones.old, phones.new):
        unread = await each.get(f"{MESSAGES}?unread=true")
        assert (len(told(unread)), unread["unread"]) == (3, 3)
    assert (await phones.stranger.get(MESSAGES))["items"] == []
