"""Loading the organisation into a real database, and finding units."""

from datetime import UTC, date, datetime

import pytest

from backend.catalogue.shapes import Level
from backend.catalogue.versions import RouteStep
from backend.errors import Invalid
from backend.organisation import contents, load, queries, removal
from models import Department, OrgUnit, Post, Role, Staff, UnitLevel

COMMUNITY = "210102001001"
NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


def step(level: str, of: Level) -> RouteStep:
    at = UnitLevel(level)
    return RouteStep(no=1, level=at, of=of, name="", role=Role.CLERK, days=1, decides=False)


@pytest.fixture
async def loaded(database: None) -> None:
    await load.load(now=NOW)
    await queries.load()


async def test_a_load_brings_the_whole_city_and_repeats_without_effect(database: None) -> None:
    first = await load.load(now=NOW)
    units = await OrgUnit.all().order_by("code").values()
    second = await load.load(now=NOW)

    assert (first.units, first.bad, len(first.changes)) == (second.units, [], first.units)
    assert second.changes == []
    assert first.bad == []
    assert (first.departments, first.units) == (43, 1311)
    assert await Department.all().count() == 43
    assert await OrgUnit.all().order_by("code").values() == units
    levels = {level: await OrgUnit.filter(level=level).count() for level in UnitLevel}
    assert levels == {
        UnitLevel.CITY: 1,
        UnitLevel.DISTRICT: 13,
        UnitLevel.STREET: 190,
        UnitLevel.COMMUNITY: 570,
        UnitLevel.DEPARTMENT: 13 * 38 + 43,
    }


async def test_a_changed_name_is_updated_in_place(loaded: None) -> None:
    found = contents.read()
    changed = found.units[COMMUNITY]
    found.units[COMMUNITY] = type(changed)(
        changed.code, "改名社区", changed.level, changed.parent, None, changed.path
    )

    await load.load(found, now=NOW)
    await queries.load()

    assert queries.unit(COMMUNITY).name == "改名社区"


async def test_units_are_read_anew_only_where_one_has_changed(loaded: None) -> None:
    known = queries.unit(COMMUNITY)
    await queries.renew()
    assert queries.unit(COMMUNITY) is known

    await OrgUnit.filter(code=COMMUNITY).update(lat=41.5)
    await queries.renew()
    assert queries.unit(COMMUNITY).lat == 41.5

    await OrgUnit.filter(code=COMMUNITY).update(name="改名社区")
    await queries.renew()
    assert queries.unit(COMMUNITY).name == "改名社区"


async def test_what_is_no_longer_listed_ends_and_listed_again_is_there_again(loaded: None) -> None:
    found = contents.read()
    left = {code: found.units.pop(code) for code in ("210102-MZ", COMMUNITY)}

    done = await load.load(found, now=NOW)
    again = await load.load(found, now=NOW)
    await queries.load()

    assert done.changes == [
        f"unit {code} {unit.name}: 已停用 / ended" for code, unit in left.items()
    ]
    assert again.changes == []
    assert {COMMUNITY, "210102-MZ"}.isdisjoint(unit.code for unit in queries.valid(on=NOW.date()))
    assert queries.unit(COMMUNITY).name == left[COMMUNITY].name

    found.units |= left
    back = await load.load(found, now=NOW)
    await queries.load()

    assert sorted(line.split()[1] for line in back.changes) == ["210102-MZ:", f"{COMMUNITY}:"]
    assert all("valid_to" in line for line in back.changes)
    assert COMMUNITY in {unit.code for unit in queries.valid(on=NOW.date())}


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "ended", [{"valid_to": date(2020, 1, 1)}, {"valid_from": date(2999, 1, 1)}]
)
async def test_a_community_of_another_time_is_refused_but_its_cases_go_on(
    ended: dict[str, date],
) -> None:
    await OrgUnit.filter(code=COMMUNITY).update(**ended)
    await queries.load()

    with pytest.raises(Invalid):
        queries.community(COMMUNITY, on=NOW.date())
    assert queries.step_unit(step("street", "street"), COMMUNITY, "MZ").code == "210102001000"


@pytest.mark.usefixtures("city")
async def test_a_unit_with_staff_is_in_use_until_their_posts_end() -> None:
    member = await Staff.create(name_sealed=b"", created_at=NOW)
    post = await Post.create(staff=member, unit_id=COMMUNITY, role=Role.CLERK, created_at=NOW)

    [told] = await removal.in_use([COMMUNITY, "210102001002"], final=["closed"], today=NOW.date())
    assert COMMUNITY in told
    assert "yikou staff end --post" in told

    await Post.filter(id=post.id).update(valid_to=date(2020, 1, 1))
    assert await removal.in_use([COMMUNITY], final=["closed"], today=NOW.date()) == []


@pytest.mark.parametrize(
    ("level", "of", "department", "unit"),
    [
        ("community", "community", "MZ", COMMUNITY),
        ("street", "street", "MZ", "210102001000"),
        ("department", "district", "MZ", "210102-MZ"),
        ("department", "city", "RS", "210100-RS"),
        ("department", "district", "SL", "210100-SL"),
    ],
)
@pytest.mark.usefixtures("city")
async def test_each_step_has_its_unit(level: str, of: Level, department: str, unit: str) -> None:
    assert queries.step_unit(step(level, of), COMMUNITY, department).code == unit


async def test_the_path_leads_from_the_city_to_the_unit(city: None) -> None:
    community, street, district = queries.chain(COMMUNITY)

    assert community.path == f"210100000000/{district.code}/{street.code}/{COMMUNITY}"
    assert queries.unit("210102-MZ").path == f"210100000000/{district.code}/210102-MZ"


@pytest.mark.parametrize("code", ["", "210102001000", "210102-MZ", "999999999999"])
async def test_what_is_not_a_community_is_refused(city: None, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        queries.community(code, on=NOW.date())

    assert refused.value.code == "community_unknown"


async def test_an_unknown_unit_is_not_found(city: None) -> None:
    with pytest.raises(queries.NoSuchUnit):
        queries.unit("000000000000")
