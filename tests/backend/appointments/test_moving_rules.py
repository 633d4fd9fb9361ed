"""What is asked when an appointment is moved, and in which order things are locked for it."""

import asyncio
from typing import Any

import pytest
from tortoise.transactions import in_transaction

from backend.appointments.acts import adopting
from backend.appointments.acts.moving import reschedule
from backend.appointments.record.snapshot import Snapshot
from backend.catalogue.refusals import ConditionUnmet
from backend.errors import ServiceError
from backend.identity.actors import ResidentActor
from config import clock
from models import Appointment, Flow, Office, OrgUnit, Person, Resident, ServiceItem, UnitLevel
from tests import stage
from tests.accounts import a_person
from tests.backend.appointments.factories import (
    CITY,
    COMMUNITY,
    DISTRICT,
    a_department_unit,
    a_resident,
    a_slot,
    a_unit,
    an_item,
    an_office,
    at_the_counter,
    become_known,
    book,
    booked_of,
    noon,
)
from tests.backend.appointments.rivals import outcomes, seats_are_true
from tests.waiting import held_up

pytestmark = pytest.mark.usefixtures("database")
ELSEWHERE = "210103001001"
OF_DISTRICT = {
    "text": "须为和平区居民",
    "rule": {
        "kind": "district",
        "path": None,
        "min": None,
        "max": None,
        "values": ["210102"],
        "windows": [],
        "rules": [],
    },
}


async def for_the_district() -> ServiceItem:
    """An item that is booked with a form, by whoever lives in the district."""
    form = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
    guide = {"conditions": [OF_DISTRICT], "category": "booking"}
    return await an_item(flow=Flow.BOOKING, form=form, guide=guide)


async def a_community_elsewhere() -> None:
    """In another district of the city."""
    city = await a_unit(CITY)
    await OrgUnit.create(
        code=ELSEWHERE,
        name="滨河第一社区",
        level=UnitLevel.COMMUNITY,
        parent=city,
        path=f"{city.path}/210103000000/{ELSEWHERE}",
    )


async def lives(account: ResidentActor, community: str | None) -> None:
    await Resident.filter(id=account.id).update(community_id=community)


async def moved(held: Snapshot, *, by: Any, days: int) -> Snapshot:
    slot = await a_slot(starts_at=noon(days=days))
    return await reschedule(held.id, by=by, slot_id=slot.id, now=clock.now())


async def test_where_who_booked_lives_now_is_asked_again_with_each_move() -> None:
    item, resident = await for_the_district(), await a_resident()
    await a_community_elsewhere()
    await a_unit()
    await lives(resident, COMMUNITY)
    slot = await a_slot(starts_at=noon(days=1))
    held = await book(slot.id, by=resident, item_code=item.code, form={})

    assert (await moved(held, by=resident, days=2)).version == 2
    await lives(resident, ELSEWHERE)
    with pytest.raises(ConditionUnmet):
        await moved(held, by=resident, days=3)
    # What is not known refuses nobody.
    await lives(resident, None)
    assert (await moved(held, by=resident, days=4)).version == 3


async def test_it_is_the_home_of_whose_visit_it_is_and_not_of_who_moves_it() -> None:
    item, person = await for_the_district(), await a_person()
    await a_community_elsewhere()
    await a_unit()
    account = await a_resident(of=person)
    await lives(account, COMMUNITY)
    slot = await a_slot(starts_at=noon(days=1))
    window = at_the_counter(person)
    held = await book(slot.id, by=window, item_code=item.code, form={})

    assert (await moved(held, by=window, days=2)).version == 2
    await lives(account, ELSEWHERE)
    for by in (window, account):
        with pytest.raises(ConditionUnmet):
            await moved(held, by=by, days=3)
    assert (await Appointment.get(id=held.id)).version == 2


async def test_a_visit_without_a_form_asks_for_nothing_but_an_office_that_serves_it() -> None:
    item, resident = await an_item("community"), await a_resident()
    hall = await an_office(await a_unit(DISTRICT))
    slot = await a_slot(starts_at=noon(days=1))
    held = await book(slot.id, by=resident, item_code=item.code)
    plain = await book((await a_slot(starts_at=noon(days=5))).id, by=resident)
    at_hall = [await a_slot(hall, starts_at=noon(days=day)) for day in (2, 6)]

    with pytest.raises(ServiceError) as refused:
        await reschedule(held.id, by=resident, slot_id=at_hall[0].id, now=clock.now())
    assert refused.value.code == "item_not_served"
    assert refused.value.invalid_params[0].name == "slot_id"
    # Without an item any office will do.
    found = await reschedule(plain.id, by=resident, slot_id=at_hall[1].id, now=clock.now())
    assert found.slot.office.id == hall.id


async def test_of_an_item_that_asks_for_no_form_the_conditions_are_the_cases() -> None:
    guide = {"conditions": [OF_DISTRICT], "category": "booking"}
    item, resident = await an_item("community", guide=guide), await a_resident()
    await a_community_elsewhere()
    await lives(resident, ELSEWHERE)
    slot = await a_slot(starts_at=noon(days=1))
    held = await book(slot.id, by=resident, item_code=item.code)

    assert (await moved(held, by=resident, days=2)).version == 2


async def test_an_office_that_serves_the_item_no_more_still_moves_what_is_booked_there() -> None:
    item, resident = await an_item("department"), await a_resident()
    unit = await a_department_unit()
    first, second = [await an_office(unit, items=[item.code]) for _ in range(2)]
    slots = [await a_slot(first, starts_at=noon(days=day)) for day in (1, 2)]
    there = await a_slot(second, starts_at=noon(days=3))
    held = await book(slots[0].id, by=resident, item_code=item.code)
    await Office.all().update(items=["FW-XX-001"])

    found = await reschedule(held.id, by=resident, slot_id=slots[1].id, now=clock.now())
    assert found.slot.id == slots[1].id
    with pytest.raises(ServiceError) as refused:
        await reschedule(held.id, by=resident, slot_id=there.id, now=clock.now())
    assert refused.value.code == "item_not_served"


async def test_to_the_slot_that_it_has_nothing_changes_and_nobody_is_told() -> None:
    resident, slot = await a_resident(), await a_slot()
    held = await book(slot.id, by=resident)

    assert await reschedule(held.id, by=resident, slot_id=slot.id, now=clock.now()) == held
    assert await booked_of(slot.id) == 1


async def left_behind(account: ResidentActor, person: Person) -> Snapshot:
    """A visit of the account that is not the person's yet, though the account is."""
    held = await book((await a_slot(starts_at=noon(days=1), capacity=9)).id, by=account)
    await Appointment.filter(id=held.id).update(person_id=None)
    assert account.person_id == person.id
    return held


async def adopt(account: ResidentActor, person: Person) -> None:
    async with in_transaction():
        await adopting.adopt(account.id, person.id)


async def test_whoever_moves_a_visit_waits_for_the_person_before_the_visit() -> None:
    """Who adopts has the person and wants the visit: the other way round both would wait."""
    person = await a_person()
    account = await a_resident(of=person)
    held = await left_behind(account, person)
    target = await a_slot(starts_at=noon(days=2))

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", person.id
            )
            moving = tasks.create_task(
                reschedule(held.id, by=account, slot_id=target.id, now=clock.now())
            )
            await held_up(rival)
            # Refused at once if whoever moves it had it.
            await rival.execute(
                "SELECT 1 FROM appointment WHERE id = $1 FOR UPDATE NOWAIT", held.id
            )
        assert (await moving).slot.id == target.id


async def test_rivals_who_move_and_adopt_a_visit_never_wait_in_a_circle() -> None:
    person = await a_person()
    account = await a_resident(of=person)
    held = await left_behind(account, person)
    slots = [await a_slot(starts_at=noon(days=day), capacity=9) for day in range(2, 6)]

    for _ in range(6):
        await Appointment.filter(id=held.id).update(person_id=None)
        found = await outcomes(
            reschedule(held.id, by=account, slot_id=slots[n // 2].id, now=clock.now())
            if n % 2
            else adopt(account, person)
            for n in range(8)
        )
        assert found == {"done": 8}

    assert (await Appointment.get(id=held.id)).person_id == person.id
    assert await seats_are_true()


async def test_who_becomes_known_takes_the_visit_along_when_moving_it() -> None:
    stranger = await a_resident()
    held = await book((await a_slot(starts_at=noon(days=1))).id, by=stranger)
    known = await become_known(stranger)

    found = await moved(held, by=known, days=2)

    assert (await Appointment.get(id=held.id)).person_id == known.person_id
    assert found.number == held.number
