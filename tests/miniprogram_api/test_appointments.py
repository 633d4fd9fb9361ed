"""Appointments over HTTP; every answer is checked against the server's own description."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from sandbox.seed import COMMUNITY
from tests.live import Live
from tests.people import Person, person


@pytest.fixture
async def wang(live: Live, http: ClientSession) -> Person:
    """Somebody new who has a phone."""
    somebody = person(live, http)
    await somebody.show_phone()
    return somebody


@pytest.fixture
async def li(live: Live, http: ClientSession) -> Person:
    """Somebody else who has a phone."""
    somebody = person(live, http)
    await somebody.show_phone()
    return somebody


MARRIAGE = "FW-MZ-009"


async def bookable_item(who: Person) -> str:
    items = (await who.get("/api/v1/items?limit=100"))["items"]
    code: str = next(item["code"] for item in items if item["appointment"])
    return code


async def refused(attempt: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as found:
        await attempt
    return found.value.status, str(found.value.code)


async def test_offices_and_slots_are_shown_to_anybody(live: Live, http: ClientSession) -> None:
    anybody = person(live, http)

    offices = (await anybody.get(f"/api/v1/offices?community={COMMUNITY}"))["items"]

    levels = [office["unit"]["level"] for office in offices]
    assert levels[:4] == ["community", "street", "district", "department"]
    assert offices[0]["hours"] == "周一至周五 08:30–11:30，13:00–17:00"
    registry = (await anybody.get(f"/api/v1/offices?item={MARRIAGE}&lat=41.79&lng=123.42"))["items"]
    assert {office["unit"]["level"] for office in registry} == {"department"}
    away = [office["distance_m"] for office in registry]
    assert away == sorted(away)
    assert registry[0]["services"] == [
        {"id": MARRIAGE, "name": "婚姻登记预约", "minutes": 30, "bring": ["居民身份证"]}
    ]
    assert (await anybody.get(f"/api/v1/items/{MARRIAGE}"))["offices_at"] == ["department"]
    assert await refused(anybody.get("/api/v1/offices?lat=41.79")) == (422, "query_invalid")
    slots = await anybody.slots()
    assert datetime.fromisoformat(slots[0]["starts_at"]).utcoffset() == timedelta(hours=8)
    assert slots[0]["available"] <= slots[0]["capacity"]


async def test_offices_are_paged(live: Live, http: ClientSession) -> None:
    anybody = person(live, http)

    first = await anybody.get("/api/v1/offices?limit=3")
    second = await anybody.get(f"/api/v1/offices?limit=3&cursor={first['next_cursor']}")

    assert not {one["id"] for one in first["items"]} & {one["id"] for one in second["items"]}


async def test_what_is_unknown_is_named(wang: Person) -> None:
    office = (await wang.get("/api/v1/offices?limit=1"))["items"][0]["id"]

    assert await refused(wang.get("/api/v1/offices?item=FW-XX-404")) == (404, "item_not_found")
    unknown = wang.get("/api/v1/offices?community=210102001999")
    assert await refused(unknown) == (422, "community_unknown")
    assert await refused(wang.get(f"/api/v1/offices/{uuid4()}/slots")) == (404, "office_not_found")
    bad_date = wang.get(f"/api/v1/offices/{office}/slots?date=2026-13-01")
    assert await refused(bad_date) == (422, "query_invalid")
    unknown_slot = wang.post("/api/v1/appointments", {"slot_id": str(uuid4())})
    assert await refused(unknown_slot) == (404, "slot_not_found")
    assert await refused(wang.get(f"/api/v1/appointments/{uuid4()}")) == (
        404,
        "appointment_not_found",
    )


async def test_an_appointment_is_booked_moved_and_cancelled(wang: Person) -> None:
    item = await bookable_item(wang)
    first, second = (await wang.slots(item))[:2]

    booked = await wang.post("/api/v1/appointments", {"slot_id": first["id"], "item_code": item})
    moved = await wang.post(
        f"/api/v1/appointments/{booked['id']}/reschedule", {"slot_id": second["id"]}
    )
    cancelled = await wang.post(
        f"/api/v1/appointments/{booked['id']}/cancel", {"reason": "临时有事"}
    )

    assert (booked["status"], booked["item"]["code"], booked["version"]) == ("booked", item, 1)
    assert (moved["number"], moved["slot"]["id"]) == (booked["number"], second["id"])
    assert moved["check_in_code"] == booked["check_in_code"]
    assert (cancelled["status"], cancelled["version"]) == ("cancelled", 3)
    mine = (await wang.get("/api/v1/appointments"))["items"]
    assert mine == [cancelled]
    assert (await wang.get("/api/v1/appointments?status=booked"))["items"] == []
    messages = (await wang.get("/api/v1/messages"))["items"]
    assert [message["kind"] for message in messages] == [
        "appointment.cancel",
        "appointment.reschedule",
        "appointment.book",
    ]


async def test_a_repetition_gets_the_first_answer(wang: Person) -> None:
    slots = await wang.slots()
    body = {"slot_id": slots[0]["id"]}

    first = await wang.call("POST", "/api/v1/appointments", body, key="k-1")
    again = await wang.call("POST", "/api/v1/appointments", body, key="k-1")
    other = wang.post("/api/v1/appointments", {"slot_id": slots[1]["id"]}, key="k-1")

    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert await refused(other) == (422, "idempotency_key_reused")
    assert len((await wang.get("/api/v1/appointments"))["items"]) == 1


async def test_repetitions_at_once_make_one_booking(wang: Person) -> None:
    body = {"slot_id": (await wang.slots())[0]["id"]}

    answers = await asyncio.gather(
        *(wang.call("POST", "/api/v1/appointments", body, key="k-2") for _ in range(8))
    )

    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["id"] for answer in answers}) == 1


async def test_moving_and_cancelling_are_safe_to_repeat(wang: Person) -> None:
    first, second = (await wang.slots())[:2]
    booked = await wang.post("/api/v1/appointments", {"slot_id": first["id"]})
    path = f"/api/v1/appointments/{booked['id']}"
    body = {"slot_id": second["id"]}

    moved = await wang.call("POST", f"{path}/reschedule", body, key="k-3")
    again = await wang.call("POST", f"{path}/reschedule", body, key="k-3")
    without_key = await wang.call("POST", f"{path}/reschedule", body)
    cancelled = await wang.call("POST", f"{path}/cancel", {})
    once_more = await wang.call("POST", f"{path}/cancel", {})

    assert moved.body == again.body == without_key.body
    assert again.headers["Idempotent-Replayed"] == "true"
    assert cancelled.body == once_more.body


async def test_booking_needs_a_key(wang: Person) -> None:
    body = {"slot_id": (await wang.slots())[0]["id"]}

    without = wang.call("POST", "/api/v1/appointments", body)

    assert await refused(without) == (422, "idempotency_key_missing")


async def test_a_full_slot_is_refused(wang: Person, live: Live, http: ClientSession) -> None:
    slot = (await wang.slots())[-1]
    rivals = [person(live, http) for _ in range(slot["available"] + 6)]
    for rival in rivals:
        await rival.show_phone()

    async def attempt(rival: Person) -> str:
        try:
            await rival.post("/api/v1/appointments", {"slot_id": slot["id"]})
        except Refused as refusal:
            return f"{refusal.status} {refusal.code}"
        return "booked"

    found = await asyncio.gather(*(attempt(rival) for rival in rivals))

    assert sorted(found) == ["409 slot_full"] * 6 + ["booked"] * slot["available"]


async def test_booking_asks_for_a_phone(live: Live, http: ClientSession) -> None:
    nameless = person(live, http)
    await nameless.log_in()
    slot = {"slot_id": (await nameless.slots())[0]["id"]}

    refusal = await refused(nameless.post("/api/v1/appointments", slot))

    assert refusal == (403, "assurance_too_low")


async def test_a_person_keeps_three_bookings_and_is_at_one_place_at_a_time(wang: Person) -> None:
    # Others book in this system too: where one place is left, mine would be the last.
    slots = [slot for slot in await wang.slots(least=10) if slot["available"] > 1]
    items = (await wang.get("/api/v1/items?limit=100"))["items"]
    bookable = [item["code"] for item in items if item["appointment"]]
    bookable = [code for code in bookable if await wang.slots(code) == await wang.slots()][:4]

    def ask(turn: int, at: int) -> dict[str, str]:
        return {"slot_id": slots[at]["id"], "item_code": bookable[turn]}

    first = await wang.post("/api/v1/appointments", ask(0, 0))
    overlapping = await refused(wang.post("/api/v1/appointments", ask(1, 0)))
    for turn in (1, 2):
        await wang.post("/api/v1/appointments", ask(turn, turn))
    fourth = await refused(wang.post("/api/v1/appointments", ask(3, 3)))
    path = f"/api/v1/appointments/{first['id']}"
    moved = await refused(wang.post(f"{path}/reschedule", {"slot_id": slots[1]["id"]}))
    await wang.post(f"{path}/cancel", {})
    again = await wang.post("/api/v1/appointments", ask(3, 3))

    assert overlapping == moved == (409, "booking_overlaps")
    assert fourth == (409, "too_many_bookings")
    assert again["status"] == "booked"


async def test_anothers_appointment_is_not_found(wang: Person, li: Person) -> None:
    first, second = (await wang.slots())[:2]
    booked = await wang.post("/api/v1/appointments", {"slot_id": first["id"]})
    path = f"/api/v1/appointments/{booked['id']}"
    not_found = (404, "appointment_not_found")

    assert await refused(li.get(path)) == not_found
    assert await refused(li.post(f"{path}/cancel", {})) == not_found
    assert await refused(li.post(f"{path}/reschedule", {"slot_id": second["id"]})) == not_found
    assert (await li.get("/api/v1/appointments"))["items"] == []


async def test_an_unchanged_appointment_is_not_sent_again(
    wang: Person, live: Live, http: ClientSession
) -> None:
    booked = await wang.post("/api/v1/appointments", {"slot_id": (await wang.slots())[0]["id"]})
    url = f"{live.api}/api/v1/appointments/{booked['id']}"
    headers = {"Authorization": f"Bearer {wang.token}"}

    async with http.get(url, headers=headers) as seen:
        headers["If-None-Match"] = seen.headers["ETag"]
    async with http.get(url, headers=headers) as unchanged:
        assert unchanged.status == 304
    await wang.post(f"/api/v1/appointments/{booked['id']}/cancel", {})
    async with http.get(url, headers=headers) as changed:
        assert changed.status == 200


async def test_appointments_are_paged_last_booked_first(wang: Person) -> None:
    items = [
        item["code"]
        for item in (await wang.get("/api/v1/items?limit=100"))["items"]
        if item["appointment"]
    ]
    numbers = []
    for turn, item in enumerate(items[:3]):
        slot = (await wang.slots(item, least=3))[turn]
        body = {"slot_id": slot["id"], "item_code": item}
        numbers.append((await wang.post("/api/v1/appointments", body))["number"])

    first = await wang.get("/api/v1/appointments?limit=2")
    rest = await wang.get(f"/api/v1/appointments?limit=2&cursor={first['next_cursor']}")

    found = [one["number"] for one in first["items"] + rest["items"]]
    assert found == numbers[::-1]
    assert rest["next_cursor"] is None


async def test_a_day_without_slots_is_an_empty_list(wang: Person) -> None:
    office = (await wang.get("/api/v1/offices?limit=1"))["items"][0]["id"]
    far = (datetime.now(UTC) + timedelta(days=60)).date()

    assert await wang.get(f"/api/v1/offices/{office}/slots?date={far}") == {"items": []}
