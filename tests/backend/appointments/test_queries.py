from datetime import timedelta

import pytest
from tortoise import timezone

from backend.appointments.acts.cancelling import cancel
from backend.appointments.reading import queries
from backend.errors import Invalid, NotFound
from config import clock
from models import AppointmentStatus, uuid7
from tests.backend.appointments.factories import (
    CITY,
    COMMUNITY,
    DISTRICT,
    STREET,
    a_department_unit,
    a_resident,
    a_slot,
    a_unit,
    an_item,
    an_office,
    book,
    noon,
    some_hours,
)


async def test_offices_of_a_community_are_its_own_and_those_above_nearest_first(
    database: None,
) -> None:
    for code in (CITY, DISTRICT, STREET, COMMUNITY):
        await an_office(await a_unit(code))
    await an_office(await a_department_unit())
    await an_office(await a_unit(), active=False)

    found = await queries.offices(community_code=COMMUNITY, limit=10)

    levels = [one.office.unit_level for one in found]
    assert levels == ["community", "street", "district", "department", "city"]


@pytest.mark.parametrize(
    ("levels", "department", "serving"),
    [
        (("community", "street", "department"), "MZ", [COMMUNITY, STREET, DISTRICT, "210102-MZ"]),
        (("community", "street", "department"), "SF", [COMMUNITY, STREET, DISTRICT]),
        (("community", "department"), "GJ", [COMMUNITY, CITY]),
        (("street",), "MZ", [STREET]),
    ],
)
async def test_offices_for_an_item_are_those_whose_level_handles_it(
    database: None, levels: tuple[str, ...], department: str, serving: list[str]
) -> None:
    for code in (CITY, DISTRICT, STREET, COMMUNITY):
        await an_office(await a_unit(code))
    await an_office(await a_department_unit("MZ"))
    item = await an_item(*levels, department=department)

    found = await queries.offices(item_code=item.code, community_code=COMMUNITY, limit=10)

    assert [one.office.unit_code for one in found] == serving


async def test_offices_are_paged_without_gaps_or_repetitions(database: None) -> None:
    made = {(await an_office(await a_unit(code))).id for code in [COMMUNITY, STREET] * 3}

    first = await queries.offices(limit=4)
    rest = await queries.offices(after=first[-1].office.id, limit=4)

    assert (len(first), len(rest)) == (4, 2)
    assert {one.office.id for one in first + rest} == made


async def test_an_office_tells_its_hours_in_words(database: None) -> None:
    office = await an_office()
    for weekday in range(1, 6):
        await some_hours(office, weekday=weekday, opens="13:00", closes="17:00")
        await some_hours(office, weekday=weekday, opens="08:30", closes="11:30")

    found = await queries.offices(limit=1)

    assert found[0].hours == "周一至周五 08:30–11:30，13:00–17:00"


async def test_unknown_places_and_items_are_named(database: None) -> None:
    with pytest.raises(Invalid) as community:
        await queries.offices(community_code="210102001999", limit=1)
    with pytest.raises(NotFound) as item:
        await queries.offices(item_code="FW-XX-404", limit=1)
    with pytest.raises(NotFound) as office:
        await queries.slots_of_office(uuid7(), noon(days=1).date(), now=clock.now())

    assert community.value.code == "community_unknown"
    assert item.value.code == "item_not_found"
    assert office.value.code == "office_not_found"


async def test_the_slots_of_a_day_tell_how_many_seats_are_left(database: None) -> None:
    office = await an_office()
    slot = await a_slot(office, capacity=3, starts_at=noon(days=1))
    await a_slot(office, starts_at=noon(days=2))
    await a_slot(starts_at=noon(days=1))
    await book(slot.id, by=await a_resident())

    found = await queries.slots_of_office(office.id, noon(days=1).date(), now=clock.now())

    assert [(one.id, one.capacity, one.available) for one in found] == [(slot.id, 3, 2)]


async def test_slots_that_have_begun_are_not_shown(database: None) -> None:
    office, now = await an_office(), timezone.now()
    await a_slot(office, starts_at=now - timedelta(seconds=1))
    ahead = await a_slot(office, starts_at=now + timedelta(minutes=30))

    days = {one.astimezone(noon(days=0).tzinfo).date() for one in (now, ahead.starts_at)}
    found = [
        one
        for day in days
        for one in await queries.slots_of_office(office.id, day, now=clock.now())
    ]

    assert [one.id for one in found] == [ahead.id]


async def test_slots_for_an_item_the_office_does_not_serve_are_refused(database: None) -> None:
    office, item = await an_office(), await an_item("street")

    with pytest.raises(Invalid) as refused:
        await queries.slots_of_office(
            office.id, noon(days=1).date(), item_code=item.code, now=clock.now()
        )

    assert refused.value.code == "item_not_served"


async def test_residents_see_their_own_appointments_last_booked_first(database: None) -> None:
    resident = await a_resident()
    mine = [await book((await a_slot(starts_at=noon(days=n))).id, by=resident) for n in (3, 1, 2)]
    theirs = await book((await a_slot()).id, by=await a_resident())

    first = await queries.list_of_resident(resident.id, limit=2)
    rest = await queries.list_of_resident(resident.id, before=first[-1].id, limit=2)

    assert [one.id for one in first + rest] == [one.id for one in reversed(mine)]
    assert await queries.one_of_resident(mine[0].id, resident.id) == mine[0]
    with pytest.raises(NotFound) as refused:
        await queries.one_of_resident(theirs.id, resident.id)
    assert refused.value.code == "appointment_not_found"


async def test_appointments_can_be_listed_by_status(database: None) -> None:
    resident = await a_resident()
    kept = await book((await a_slot(starts_at=noon(days=1))).id, by=resident)
    given_back = await book((await a_slot(starts_at=noon(days=2))).id, by=resident)
    await cancel(given_back.id, by=resident, now=clock.now())

    found = await queries.list_of_resident(resident.id, status=AppointmentStatus.BOOKED, limit=5)

    assert [one.id for one in found] == [kept.id]
