"""Staff read who comes to their offices, with the form, and nobody else does."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from backend.appointments.acts.cancelling import cancel
from backend.catalogue import queries as catalogue
from backend.identity import sessions, staff
from backend.staff_api import appointments
from config import clock
from config.clock import city_day
from models import AccessRecord, Appointment, Audience, ItemVersion, Office, Role, uuid7
from tests.accounts import a_person
from tests.backend.appointments.factories import (
    a_resident,
    a_slot,
    at_a_window,
    book,
    noon,
)
from tests.backend.appointments.offices import open_some
from tests.filler import fill
from tests.serving import Served, served

MARRIAGE = "FW-MZ-009"
REGISTRY, STATION = "210102-MZ-01", "210102001001"


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    await open_some(REGISTRY, STATION, "210102-GA-01", "210103-MZ-01")
    async with served([appointments.routes]) as api:
        yield api


async def token(*posts: tuple[str, Role]) -> str:
    member = await staff.create("李四", posts=list(posts), now=clock.now())
    return (await sessions.start(Audience.STAFF, member, now=clock.now())).access_token


async def test_the_registry_reads_its_day_and_each_visit_with_its_form(api: Served) -> None:
    registry = await Office.get(code=REGISTRY)
    form = fill((await catalogue.current(MARRIAGE)).form)
    resident, at = await a_resident(), noon(days=1)
    slots = [await a_slot(registry, starts_at=at + timedelta(hours=n)) for n in (1, 0, 2)]
    held = await book(slots[0].id, by=resident, item_code=MARRIAGE, form=form)
    window = await at_a_window(slots[1].id, of=await a_person())
    by = await a_resident()
    given_back = await book(slots[2].id, by=by)
    await cancel(given_back.id, by=by, now=clock.now())
    clerk = await token(("210102-MZ", Role.CLERK))
    day = f"/api/v1/staff/offices/{registry.id}/day?date={at.date()}"

    listed = await api.ask("GET", day, token=clerk)

    assert listed.status == 200
    assert listed.body["office"]["name"] == "和平区婚姻登记处"
    seen = listed.body["items"]
    assert [one["id"] for one in seen] == [str(window), str(held.id)]
    assert [one["has_form"] for one in seen] == [False, True]
    assert seen[0]["name_masked"]
    assert held.check_in_code not in str(listed.body)
    opened = await api.ask("GET", f"/api/v1/staff/appointments/{held.id}", token=clerk)
    assert opened.status == 200
    assert opened.body["form"].keys() == held.form.keys()  # type: ignore[union-attr]  # it has one
    assert opened.body["item"]["code"] == MARRIAGE
    assert opened.body["applicant"]["assurance"] == "phone"
    assert opened.headers["Etag"]
    assert (await api.ask("GET", f"/api/v1/staff/appointments/{given_back.id}", token=clerk)).body[
        "status"
    ] == "cancelled"
    acts = await AccessRecord.filter(action__contains="appointment").order_by("seq")
    assert [(row.action, row.resident_id) for row in acts][:2] == [
        ("list_appointments", None),
        ("open_appointment", resident.id),
    ]


COVERING = [
    ("210102-MZ", Role.APPROVER),
    ("210102000000", Role.SUPERVISOR),
    ("210100000000", Role.REVIEWER),
]
OTHERS = [
    ("210102-MZ", Role.ADMIN),
    ("210103-MZ", Role.CLERK),
    ("210102-GA", Role.CLERK),
    ("210100-MZ", Role.APPROVER),
    (STATION, Role.CLERK),
]


async def test_posts_that_do_not_cover_an_office_find_nothing_of_it(api: Served) -> None:
    registry = await Office.get(code=REGISTRY)
    held = await book((await a_slot(registry)).id, by=await a_resident())
    for post in COVERING + OTHERS:
        member, sees = await token(post), post in COVERING
        day = await api.ask("GET", f"/api/v1/staff/offices/{registry.id}/day", token=member)
        visit = await api.ask("GET", f"/api/v1/staff/appointments/{held.id}", token=member)
        mine = await api.ask("GET", "/api/v1/staff/offices", token=member)

        assert [day.status, visit.status] == ([200, 200] if sees else [404, 404]), post
        assert (str(registry.id) in str(mine.body)) is sees, post
        if not sees:
            assert [day.code, visit.code] == ["office_not_found", "appointment_not_found"]
    seen = await AccessRecord.filter(action__contains="appointment").count()
    assert seen == 2 * len(COVERING)


async def test_offices_of_a_district_are_paged_and_bad_days_refused(api: Served) -> None:
    member = await token(("210102000000", Role.SUPERVISOR))
    shown: list[str] = []
    path = "/api/v1/staff/offices?limit=2"
    while path:
        page = (await api.ask("GET", path, token=member)).body
        shown += [office["id"] for office in page["items"]]
        cursor = page["next_cursor"]
        path = f"/api/v1/staff/offices?limit=2&cursor={cursor}" if cursor else ""

    assert len(shown) == len(set(shown)) == 3
    for bad in ("2026-13-01", "20261201", "1999-12-31", "morgen"):
        day = f"/api/v1/staff/offices/{shown[0]}/day?date={bad}"
        assert (await api.ask("GET", day, token=member)).code == "query_invalid"
    today = await api.ask("GET", f"/api/v1/staff/offices/{shown[0]}/day", token=member)
    assert today.body["date"] == str(city_day(clock.now()))
    unknown = await api.ask("GET", f"/api/v1/staff/offices/{uuid7()}/day", token=member)
    assert (unknown.status, unknown.code) == (404, "office_not_found")


async def test_the_form_of_an_item_that_is_offered_no_more_is_read_all_the_same(
    api: Served,
) -> None:
    registry = await Office.get(code=REGISTRY)
    item = await catalogue.current(MARRIAGE)
    held = await book(
        (await a_slot(registry)).id,
        by=await a_resident(),
        item_code=MARRIAGE,
        form=fill(item.form),
    )
    await Appointment.filter(id=held.id).update(status="served")
    await ItemVersion.filter(id=item.id).update(status="withdrawn")
    await catalogue.load()

    opened = await api.ask(
        "GET",
        f"/api/v1/staff/appointments/{held.id}",
        token=await token(("210102-MZ", Role.CLERK)),
    )

    assert (opened.status, opened.body["status_text"]) == (200, "已办理")
    assert opened.body["form"]
