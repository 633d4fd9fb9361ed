"""Offices by how far they are: from where it is asked, else from the community; page by page."""

from datetime import timedelta

import pytest

from backend.appointments.reading import queries
from backend.errors import Invalid, NotFound
from config import clock
from models import Office, OfficeClosure, OrgUnit, UnitLevel, uuid7
from tests.backend.appointments.factories import (
    CITY,
    COMMUNITY,
    DISTRICT,
    STREET,
    a_department_unit,
    a_slot,
    a_unit,
    an_item,
    an_office,
    noon,
)

pytestmark = pytest.mark.usefixtures("database")
HOME = (41.80, 123.40)
# A thousandth of a degree to the north is 111 metres; there to the east 83.
STEP_NORTH, STEP_EAST = 111, 83


async def place(name: str, north: int | None, east: int = 0, unit: str = COMMUNITY) -> Office:
    """An office so many thousandths of a degree away from home; None for one without a place."""
    at = {} if north is None else {"lat": HOME[0] + north / 1000, "lng": HOME[1] + east / 1000}
    return await an_office(await a_unit(unit), name=name, **at)


async def names(**asked: object) -> list[str]:
    found = await queries.offices(**{"limit": 20} | asked)  # type: ignore[arg-type]
    return [one.office.name for one in found]


async def test_near_a_place_the_nearest_comes_first_and_what_has_no_place_last() -> None:
    await place("远", 9, unit=COMMUNITY)
    await place("近", 1, unit=CITY)
    await place("无", None, unit=COMMUNITY)
    await place("中", 0, 4, unit=STREET)

    assert await names(near=HOME) == ["近", "中", "远", "无"]
    found = await queries.offices(near=HOME, limit=3)
    assert [one.distance_m for one in found] == pytest.approx(
        [STEP_NORTH, 4 * STEP_EAST, 9 * STEP_NORTH], abs=5
    )
    assert (await queries.offices(near=HOME, limit=9))[-1].distance_m is None


async def test_from_the_community_its_own_come_first_and_of_equal_ones_the_nearest() -> None:
    await a_unit()
    await OrgUnit.filter(code=COMMUNITY).update(lat=HOME[0], lng=HOME[1])
    await place("街道", 0, unit=STREET)
    await place("区", 0, unit=DISTRICT)
    await place("社区远", 5)
    await place("社区近", 0, 1)
    await place("社区无", None)

    assert await names(community_code=COMMUNITY) == ["社区近", "社区远", "社区无", "街道", "区"]
    # Where somebody is asks for more than where they live.
    away = (HOME[0] + 0.006, HOME[1])
    assert (await names(community_code=COMMUNITY, near=away))[0] == "社区远"
    found = await queries.offices(community_code=COMMUNITY, near=away, limit=1)
    assert found[0].distance_m == pytest.approx(STEP_NORTH, abs=2)


async def test_a_community_whose_place_is_not_known_tells_no_distances() -> None:
    await place("社区", 1)
    await OrgUnit.filter(code=COMMUNITY).update(lat=HOME[0], lng=None)

    [found] = await queries.offices(community_code=COMMUNITY, limit=9)
    assert found.distance_m is None
    [bare] = await queries.offices(limit=9)
    assert bare.distance_m is None


async def test_a_place_on_the_equator_is_one() -> None:
    await an_office(await a_unit(), name="零", lat=0.0, lng=0.001)

    [found] = await queries.offices(near=(0.0, 0.0), limit=9)
    assert found.distance_m == pytest.approx(STEP_NORTH, abs=2)


@pytest.mark.parametrize("near", [HOME, None])
async def test_pages_follow_each_other_whatever_is_equally_near(
    near: tuple[float, float] | None,
) -> None:
    made = [await place(f"网点{n}", 1 if n % 2 else None) for n in range(7)]

    shown: list[queries.OpenOffice] = []
    for _ in made:
        after = shown[-1].office.id if shown else None
        shown += await queries.offices(near=near, after=after, limit=1)

    assert {one.office.id for one in shown} == {office.id for office in made}
    whole = await queries.offices(near=near, limit=9)
    assert [one.office.id for one in shown] == [one.office.id for one in whole]
    assert await queries.offices(near=near, after=shown[-1].office.id, limit=9) == []


async def test_closed_offices_are_not_shown_though_a_page_may_go_on_after_one() -> None:
    first, second = await place("一", 1), await place("二", 2)
    await Office.filter(id=first.id).update(active=False)

    assert await names(near=HOME) == ["二"]
    assert await names(near=HOME, after=first.id) == ["二"]
    assert await names(near=HOME, after=second.id) == []


async def test_an_office_of_a_department_is_the_communitys_where_its_district_is() -> None:
    own, other = await a_department_unit(), await a_department_unit("GA")
    await an_office(own, name="民政全部")
    await an_office(own, name="民政一项", items=["FW-XX-001"])
    await an_office(other, name="公安")
    await place("社区", None)
    elsewhere = "210103000000"
    path = f"{CITY}/{elsewhere}"
    await OrgUnit.create(
        code=elsewhere, name="沈河区", level=UnitLevel.DISTRICT, parent_id=CITY, path=path
    )
    unit = await OrgUnit.create(
        code="210103-MZ",
        name="沈河区民政局",
        level=UnitLevel.DEPARTMENT,
        parent_id=elsewhere,
        department_id="MZ",
        path=f"{path}/210103-MZ",
    )
    await an_office(unit, name="别区民政")
    item = await an_item("department")

    assert {*await names(community_code=COMMUNITY)} == {"民政全部", "民政一项", "公安", "社区"}
    assert {*await names(item_code=item.code)} == {"民政全部", "别区民政"}
    assert await names(item_code=item.code, community_code=COMMUNITY) == ["民政全部"]
    own_item = await an_item("department")
    await Office.filter(name="民政一项").update(items=[own_item.code])
    assert {*await names(item_code=own_item.code)} == {
        "民政全部",
        "民政一项",
        "别区民政",
    }


async def test_what_is_served_there_is_told_with_the_office() -> None:
    items = [await an_item("community"), await an_item("street"), await an_item("community")]
    await an_item("community", appointment=False)
    await place("社区", None)

    [found] = await queries.offices(community_code=COMMUNITY, limit=9)
    assert {item.code for item in found.serving} == {items[0].code, items[2].code}
    [asked] = await queries.offices(item_code=items[0].code, limit=9)
    assert [item.code for item in asked.serving] == [items[0].code]


@pytest.mark.parametrize("code", ["", "210102001999", STREET, "\x7f"])
async def test_only_a_community_is_one(code: str) -> None:
    await a_unit()
    with pytest.raises(Invalid) as refused:
        await queries.offices(community_code=code, limit=9)
    assert refused.value.code == "community_unknown"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (None, ["A-01", "A-02", "B-01"]),
        ("A-", ["A-01", "A-02"]),
        ("A-02", ["A-02"]),
        ("-02", []),
        ("大厅", ["A-02", "B-01"]),
        ("%", []),
        ("_", []),
        ("", ["A-01", "A-02", "B-01"]),
        ("没有", []),
    ],
)
async def test_managed_offices_are_found_by_the_beginning_of_the_code_or_in_the_name(
    search: str | None, found: list[str]
) -> None:
    unit = await a_unit()
    for code, name in (("B-01", "西大厅"), ("A-02", "大厅二"), ("A-01", "服务站")):
        await an_office(unit, code=code, name=name)

    assert [one.code for one in await queries.managed_offices(search, now=clock.now())] == found


async def test_a_managed_office_has_its_units_code_and_the_days_ahead_on_which_it_is_closed() -> (
    None
):
    office = await an_office(await a_unit(STREET), active=False)
    for days in (-1, 3, 0):
        await OfficeClosure.create(
            id=uuid7(), created_at=clock.now(), office_id=office.id, day=noon(days=days).date(),
            reason="检修",
        )  # fmt: skip

    [found] = await queries.managed_offices(now=clock.now())

    assert (found.id, found.code, found.unit_code, found.active) == (
        office.id,
        STREET,
        STREET,
        False,
    )
    assert found.closed_on == (noon(days=0).date(), noon(days=3).date())


async def test_a_slot_that_takes_nobody_any_more_is_not_offered() -> None:
    office = await an_office()
    kept = await a_slot(office, starts_at=noon(days=1), capacity=1)
    later = noon(days=1) + timedelta(hours=1)
    await a_slot(office, starts_at=later, capacity=0)
    now, day = clock.now(), noon(days=1).date()

    assert [one.id for one in await queries.slots_of_office(office.id, day, now=now)] == [kept.id]
    await Office.filter(id=office.id).update(active=False)
    with pytest.raises(NotFound) as refused:
        await queries.slots_of_office(office.id, day, now=now)
    assert refused.value.code == "office_not_found"


async def test_a_day_has_its_first_moment_and_not_that_of_the_next() -> None:
    office = await an_office()
    midnight = noon(days=2).replace(hour=0)
    first = await a_slot(office, starts_at=midnight)
    await a_slot(office, starts_at=noon(days=3).replace(hour=0))

    found = await queries.slots_of_office(office.id, midnight.date(), now=clock.now())
    assert [one.id for one in found] == [first.id]
    begun = await queries.slots_of_office(office.id, midnight.date(), now=midnight)
    assert [one.id for one in begun] == [first.id]
