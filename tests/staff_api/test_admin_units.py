"""Administering units, offices and items over HTTP, within one's subtree."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.staff_api import admin_staff, admin_units
from config import clock
from models import AccessRecord, Appointment, OfficeClosure, OrgUnit, Role
from tests.backend.appointments.factories import a_resident, a_slot, an_office, book
from tests.serving import Served, served
from tests.staff_api.administering import (
    CITY,
    COMMUNITY,
    DISTRICT,
    ELSEWHERE,
    STREET,
    a_worker,
    an_admin,
)


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served([admin_staff.routes, admin_units.routes]) as api:
        yield api


async def test_units_are_those_of_the_subtree_with_heads_and_numbers(api: Served) -> None:
    street = await an_admin(api, STREET)
    await a_worker(api, (COMMUNITY, Role.CLERK))
    await a_worker(api, (COMMUNITY, Role.CLERK), (COMMUNITY, Role.REVIEWER))

    listed = (await street.get("/units?limit=100")).body["items"]
    own, first, *_ = listed
    below = (await street.get(f"/units?parent={STREET}&limit=2")).body
    rest = (await street.get(f"/units?parent={STREET}&limit=100&cursor=")).status

    assert [unit["code"] for unit in listed] == sorted(
        await OrgUnit.filter(code__startswith=STREET[:9]).values_list("code", flat=True)
    )
    assert (own["heads"], own["posts"]) == (
        [{"id": str(street.id), "name": "赵管理"}],
        [{"role": "admin", "count": 1}],
    )
    assert (first["code"], first["parent_code"]) == (COMMUNITY, STREET)
    assert first["posts"] == [{"role": "clerk", "count": 2}, {"role": "reviewer", "count": 1}]
    assert [unit["code"] for unit in below["items"]] == [unit["code"] for unit in listed[1:3]]
    assert rest == 422
    for code in (DISTRICT, ELSEWHERE, "9" * 12):
        heard = await street.get(f"/units?parent={code}")
        assert (heard.status, heard.code) == (404, "unit_not_found")


async def test_items_are_those_that_a_unit_of_the_subtree_takes_part_in(api: Served) -> None:
    city, department = await an_admin(api, CITY), await an_admin(api, "210102-MZ")
    everything = (await city.get("/items?limit=100")).body
    more = (await city.get(f"/items?limit=100&cursor={everything['next_cursor']}")).body
    own = (await department.get("/items?limit=100")).body["items"]

    codes = [item["code"] for item in everything["items"] + more["items"]]
    assert (len(codes), codes) == (192, sorted(codes))
    assert 0 < len(own) < 100
    # Also one that is another department's, with a step of this one.
    assert {"SP-MZ-001", "SP-MZ-002"} < {item["code"] for item in own}
    assert own[0]["version"] == 1
    assert own[0]["since"] is not None


async def test_an_office_is_closed_after_a_dry_run_and_opened_again(api: Served) -> None:
    street, foreign = await an_admin(api, STREET), await an_admin(api, ELSEWHERE)
    slot = await a_slot()
    booked = await book(slot.id, by=await a_resident())
    office = (await street.get("/offices")).body["items"][0]
    day = str(clock.city_day(slot.starts_at))
    path = f"/offices/{office['id']}/closures"
    body = {"day": day, "reason": "停电检修", "dry_run": True}

    for who, where in ((foreign, path), (street, f"/offices/{uuid4()}/closures")):
        for heard in (await who.get(where), await who.post(where, body)):
            assert (heard.status, heard.code) == (404, "office_not_found")
    assert (await foreign.get("/offices")).body["items"] == []
    dry = (await street.post(path, body)).body
    [hit] = dry["appointments"]
    assert (dry["cancelled"], hit["number"]) == (0, booked.number)
    assert set(hit) == {"number", "starts_at", "item_name"}
    assert not await OfficeClosure.exists()
    assert (await Appointment.get(id=booked.id)).status == "booked"

    closing = body | {"dry_run": False}
    done = await street.post(path, closing, **{"Idempotency-Key": "k"})
    again = await street.post(path, closing, **{"Idempotency-Key": "k"})
    assert (done.body["cancelled"], again.body) == (1, done.body)
    assert (await Appointment.get(id=booked.id)).status == "cancelled"
    assert [each["day"] for each in (await street.get(path)).body["items"]] == [day]
    assert (await street.get("/offices")).body["items"][0]["closed_on"] == [day]
    opened = await api.ask("DELETE", f"/api/v1/staff/admin{path}/{day}", token=street.token)
    assert (opened.status, opened.body["day"]) == (200, day)
    for never in (day, "2020-01-01", "tomorrow"):
        heard = await api.ask("DELETE", f"/api/v1/staff/admin{path}/{never}", token=street.token)
        assert (heard.status, heard.code) == (404, "closure_not_found")
    acts = await AccessRecord.filter(actor_id=street.id).order_by("seq").values()
    assert [row["action"] for row in acts] == ["close_office", "reopen_office"]


@pytest.mark.parametrize("days", [-1, 367])
async def test_a_day_that_is_over_or_far_ahead_is_refused(api: Served, days: int) -> None:
    street, office = await an_admin(api, STREET), await an_office()
    day = str(clock.city_day(clock.now()) + timedelta(days=days))
    body = {"day": day, "reason": "停电检修", "dry_run": False}
    heard = await street.post(f"/offices/{office.id}/closures", body)
    assert (heard.status, heard.code) == (422, "closure_day_refused")
    assert not await OfficeClosure.exists()
