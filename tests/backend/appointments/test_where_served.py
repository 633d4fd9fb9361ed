"""An item is offered, and can be booked, only where it is served: the sample city's offices."""

from dataclasses import replace
from datetime import datetime

import pytest

from backend.appointments.acts.moving import reschedule
from backend.appointments.plan import offices as plan
from backend.appointments.reading import queries
from backend.appointments.record.snapshot import Snapshot, sealed_form
from backend.catalogue import queries as catalogue
from backend.errors import Invalid, ServiceError
from backend.identity.actors import ResidentActor
from config import clock
from config.clock import CITY_TIME
from models import Appointment, Office, OrgUnit, Slot
from tests.backend.appointments.factories import a_resident, a_slot, an_office, book, noon
from tests.backend.appointments.offices import open_some
from tests.filler import fill

COMMUNITY = "210102001001"
MARRIAGE, TAX = "FW-MZ-009", "FW-SW-003"
SHENYANG = (41.79, 123.42)


@pytest.fixture
async def all_offices(city: None) -> None:
    """Every office of the sample, without slots."""
    await plan.open_offices(now=clock.now())


@pytest.fixture
async def offices(city: None) -> None:
    """Some of them."""
    await open_some(COMMUNITY, "210102-MZ-01", "210103-MZ-01", "210102-GA-01", "210102-SW-01")


async def refusal(attempt: object) -> str:
    with pytest.raises(ServiceError) as refused:
        await attempt  # type: ignore[misc]  # whatever is tried
    return refused.value.code


async def booked(item_code: str, slot: Slot, *, by: ResidentActor, **given: object) -> Snapshot:
    form = fill((await catalogue.current(item_code)).form)
    return await book(slot.id, by=by, item_code=item_code, form=form, **given)


async def test_each_item_is_offered_where_it_is_served_nearest_first(all_offices: None) -> None:
    near = await queries.offices(item_code=MARRIAGE, near=SHENYANG, limit=5)
    home = await queries.offices(item_code=MARRIAGE, community_code=COMMUNITY, limit=5)

    assert {one.office.department_code for one in near} == {"MZ"}
    away = [one.distance_m for one in near]
    assert away == sorted(away, key=lambda metres: metres or 0)
    assert [one.office.code for one in home] == ["210102-MZ-01"]
    [registry] = home
    assert (registry.hours, registry.minutes) == ("周一至周五 08:30–11:30，13:00–16:30", 30)
    assert registry.distance_m
    assert [item.code for item in registry.serving] == [MARRIAGE]
    await check_pages()
    await check_lists()


async def check_pages() -> None:
    """What is nearer comes first, page by page, and what has no place last."""
    shown: list[queries.OpenOffice] = []
    while page := await queries.offices(
        item_code="SP-CL-001",
        near=SHENYANG,
        after=shown[-1].office.id if shown else None,
        limit=400,
    ):
        shown += page

    assert len({one.office.id for one in shown}) == len(shown) == await serving("SP-CL-001")
    away = [float("inf") if one.distance_m is None else one.distance_m for one in shown]
    assert away == sorted(away)
    assert {one.office.unit_level for one in shown if one.distance_m is None} == {
        "street",
        "district",
    }
    assert "department" in {one.office.unit_level for one in shown if one.distance_m}


async def serving(code: str) -> int:
    item = await catalogue.one(code)
    levels = [level for level in item.offices_at if level != "department"]
    halls = await Office.filter(unit__level__in=levels).count()
    return halls + await Office.filter(unit__department_id=item.department_code).count()


async def check_lists() -> None:
    """An office lists what may be booked there."""
    found = await queries.offices(community_code=COMMUNITY, limit=50)

    serving = {one.office.code: {item.code for item in one.serving} for one in found}
    assert serving["210102-MZ-01"] == {MARRIAGE}
    assert "SP-CL-001" in serving["210102-CL-01"] & serving[COMMUNITY]
    assert MARRIAGE not in serving[COMMUNITY]
    assert serving["210102-YB-01"] == set()


async def test_a_page_goes_on_after_an_office_that_closed_meanwhile(offices: None) -> None:
    first, *rest = await queries.offices(near=SHENYANG, limit=9)
    await Office.filter(id=first.office.id).update(active=False)

    page = await queries.offices(near=SHENYANG, after=first.office.id, limit=9)

    assert rest
    assert page == rest


async def test_it_cannot_be_booked_or_moved_elsewhere(offices: None) -> None:
    resident = await a_resident()
    station, registry, police = [
        await Office.get(code=code) for code in (COMMUNITY, "210102-MZ-01", "210102-GA-01")
    ]
    for office in (station, police):
        slot = await a_slot(office)
        assert await refusal(booked(MARRIAGE, slot, by=resident)) == "item_not_served"
        about = queries.slots_of_office(office.id, noon(days=1).date(), now=clock.now())
        assert await about
        about = queries.slots_of_office(
            office.id, noon(days=1).date(), now=clock.now(), item_code=MARRIAGE
        )
        assert await refusal(about) == "item_not_served"

    held = await booked(MARRIAGE, await a_slot(registry), by=resident)
    elsewhere = await a_slot(station)
    moving = reschedule(held.id, by=resident, now=clock.now(), slot_id=elsewhere.id)
    assert await refusal(moving) == "item_not_served"
    other = await a_slot(await Office.get(code="210103-MZ-01"))
    moved = await reschedule(held.id, by=resident, now=clock.now(), slot_id=other.id)
    assert moved.slot.office.code == "210103-MZ-01"


async def test_the_season_is_asked_of_the_day_and_again_of_a_new_one(offices: None) -> None:
    resident = await a_resident()
    office = await Office.get(code="210102-SW-01")
    inside, later, outside = [
        await a_slot(office, starts_at=datetime(2027, 6, day, 9, tzinfo=CITY_TIME))
        if day
        else await a_slot(office, starts_at=datetime(2027, 7, 1, 9, tzinfo=CITY_TIME))
        for day in (29, 30, 0)
    ]
    with pytest.raises(Invalid) as at_first:
        await booked(TAX, outside, by=resident)
    assert at_first.value.code == "condition_unmet"
    assert await Appointment.all().count() == 0
    held = await booked(TAX, inside, by=resident)

    with pytest.raises(Invalid) as refused:
        await reschedule(held.id, by=resident, now=clock.now(), slot_id=outside.id)
    moved = await reschedule(held.id, by=resident, now=clock.now(), slot_id=later.id)

    assert refused.value.code == "condition_unmet"
    assert (await Appointment.get(id=held.id)).version == moved.version == 2
    assert moved.slot.id == later.id


async def test_an_empty_form_is_a_form(offices: None) -> None:
    resident = await a_resident()
    with_form = await booked(TAX, await _in_season(), by=resident)
    await Appointment.filter(id=with_form.id).update(form_sealed=_sealed_empty(with_form))
    without = await book((await a_slot()).id, by=resident)

    assert (await queries.one_of_resident(with_form.id, resident.id)).form == {}
    assert (await queries.one_of_resident(without.id, resident.id)).form is None


async def _in_season() -> Slot:
    office = await Office.get(code="210102-SW-01")
    return await a_slot(office, starts_at=datetime(2027, 5, 10, 9, tzinfo=CITY_TIME))


def _sealed_empty(appointment: Snapshot) -> bytes | None:
    return sealed_form(replace(appointment, form={}))


async def test_a_load_tells_what_is_booked_where_it_is_served_no_more(city: None) -> None:
    """As when an item that stations took goes to the registries."""
    await open_some(COMMUNITY)
    station = await Office.get(code=COMMUNITY)
    slot = await a_slot(station)
    held = await book(slot.id, by=await a_resident())
    await Appointment.filter(id=held.id).update(item_id=MARRIAGE)

    [told] = await plan.unserved(now=clock.now())

    assert told.startswith(f"{station.name}: 不再办理“婚姻登记预约”，已有预约 1 个予以保留")
    assert (await Appointment.get(id=held.id)).status == "booked"


async def test_an_office_that_left_the_file_is_told_while_it_is_booked_and_ends_then(
    offices: None,
) -> None:
    unit = await OrgUnit.get(code="210102-MZ")
    gone = await an_office(unit, code="210102-MZ-77", name="旧婚姻登记处")
    held = await book((await a_slot(gone)).id, by=await a_resident())

    [closing] = await plan.still_booked([], now=clock.now())
    assert "yikou office close 210102-MZ-77 " in closing
    await Appointment.filter(id=held.id).update(status="cancelled")
    assert await plan.still_booked([], now=clock.now()) == []

    told = await plan.renew(now=clock.now())
    assert any("旧婚姻登记处: 已停办" in line for line in told)
    assert not (await Office.get(id=gone.id)).active
