"""Whoever types another's ID number sees, blocks and counts nothing of hers."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused, id_number
from sandbox.seed import COMMUNITY
from tests.live import Live
from tests.people import Person, person

REAL_NAME_ITEM, PHONE_ITEM = "SP-MZ-001", "FW-TD-001"
HOME = {"community_code": COMMUNITY}
# Nobody else of the tests is as old.
BIRTHDAYS = (date(1920, 1, 1) + timedelta(days=number) for number in count())


@dataclass
class Two:
    """Wang, whose name is confirmed, and somebody who has claimed her number in vain."""

    wang: Person
    other: Person


@pytest.fixture
async def two(live: Live, http: ClientSession) -> Two:
    wang, other = person(live, http), person(live, http)
    number = id_number(born=next(BIRTHDAYS))
    for each in (wang, other):
        await each.show_phone()
        await each.call("PUT", "/api/v1/me", HOME)
    await wang.post("/api/v1/me/real-name", {"name": "王秀英", "id_number": number})
    with pytest.raises(Refused, match="identity_mismatch"):
        await other.post("/api/v1/me/real-name", {"name": "李四", "id_number": number})
    return Two(wang, other)


async def test_the_claim_raises_nobody(two: Two) -> None:
    me = await two.other.get("/api/v1/me")

    assert (me["assurance"], me["name_masked"], me["id_number_masked"]) == ("phone", None, None)
    with pytest.raises(Refused, match="assurance_too_low"):
        await two.other.apply(REAL_NAME_ITEM)


async def test_her_open_case_is_neither_told_nor_in_the_way(two: Two) -> None:
    await two.wang.apply(REAL_NAME_ITEM)
    hers = await two.wang.apply(PHONE_ITEM)

    with pytest.raises(Refused, match="assurance_too_low"):
        await two.other.apply(REAL_NAME_ITEM)
    theirs = await two.other.apply(PHONE_ITEM)

    listed = (await two.other.get("/api/v1/cases"))["items"]
    assert [case["id"] for case in listed] == [theirs["id"]]
    with pytest.raises(Refused, match="case_not_found"):
        await two.other.get(f"/api/v1/cases/{hers['id']}")


async def test_their_open_case_does_not_block_hers(two: Two) -> None:
    await two.other.apply(PHONE_ITEM)

    assert (await two.wang.apply(PHONE_ITEM))["status"] == "submitted"


async def test_bookings_of_one_count_nothing_for_the_other(two: Two) -> None:
    slots = [slot["id"] for slot in await two.wang.slots(least=3)]

    for each, slot_id in zip((two.other, two.wang), slots[:2], strict=True):
        booked = await each.post("/api/v1/appointments", {"slot_id": slot_id})
        assert booked["status"] == "booked"
        # On one day there is one of each item, whoever books: this one is in their own way.
        with pytest.raises(Refused, match="already_booked"):
            await each.post("/api/v1/appointments", {"slot_id": slots[2]})

    for each in (two.other, two.wang):
        listed = (await each.get("/api/v1/appointments"))["items"]
        assert len(listed) == 1
