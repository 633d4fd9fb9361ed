"""Whoever has two phones is one person: what was begun on one is seen and done on the other."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused, id_number
from sandbox.seed import COMMUNITY
from tests.live import Live
from tests.people import Person, person

APPOINTMENTS = "/api/v1/appointments"
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
