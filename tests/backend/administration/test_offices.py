"""The offices and units of an administrator's subtree, asked without a request."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.administration import offices, units
from backend.administration.refusals import (
    ClosureDayRefused,
    ClosureNotFound,
    UnitNotFound,
)
from backend.appointments.acts import closures
from backend.appointments.rules.refusals import OfficeNotFound
from backend.errors import ServiceError
from backend.identity.actors import StaffActor
from config import clock
from models import Office, OfficeClosure, Post, Role, Staff
from tests.backend.administration.people import (
    BESIDE,
    DAY,
    DISTRICT,
    ELSEWHERE,
    HERE,
    NOW,
    OTHER_STREET,
    STREET,
    a_member,
    an_admin,
)
from tests.backend.appointments.factories import an_office
from tests.backend.cases.factories import staff

pytestmark = pytest.mark.usefixtures("city")
# Offices open from today on; all is asked at one moment, also where a day ends meanwhile.
AT = clock.now()
TODAY = clock.city_day(AT)


async def an_office_of(unit: str, name: str = "") -> UUID:
    office = await an_office()
    await Office.filter(id=office.id).update(unit_id=unit, **({"name": name} if name else {}))
    return office.id


async def an_administrator(*units: str) -> StaffActor:
    """By posts alone: what is asked here looks at no row of theirs."""
    return await staff(*[(unit, Role.ADMIN) for unit in units])


async def test_the_offices_of_the_subtree_are_listed_by_unit() -> None:
    made = {
        unit: await an_office_of(unit) for unit in (BESIDE, HERE, STREET, OTHER_STREET, ELSEWHERE)
    }
    for unit, expected in (
        (STREET, [STREET, HERE, BESIDE]),
        (HERE, [HERE]),
        (DISTRICT, [STREET, HERE, BESIDE, OTHER_STREET]),
    ):
        found = await offices.managed(await an_administrator(unit), None, now=AT)
        assert [(each.id, each.unit_code) for each in found] == [
            (made[code], code) for code in expected
        ]
    both = await offices.managed(await an_administrator(HERE, ELSEWHERE), None, now=AT)
    assert [each.unit_code for each in both] == [HERE, ELSEWHERE]
    clerk = await staff((STREET, Role.CLERK))
    assert await offices.managed(clerk, None, now=AT) == []


async def test_offices_are_found_by_what_names_them() -> None:
    by = await an_administrator(STREET)
    found = await an_office_of(HERE, "浑河湾便民服务站")
    await an_office_of(BESIDE, "长白岛党群中心")
    await an_office_of(ELSEWHERE, "浑河湾便民服务站")
    listed = await offices.managed(by, "浑河湾便民", now=AT)
    assert [each.id for each in listed] == [found]
    assert await offices.managed(by, "没有这个网点", now=AT) == []


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        (-1, ClosureDayRefused),
        (0, None),
        (1, None),
        (closures.DAYS_MAX, None),
        (closures.DAYS_MAX + 1, ClosureDayRefused),
    ],
)
async def test_a_day_of_the_next_year_can_be_closed(
    days: int, refused: type[ServiceError] | None
) -> None:
    by, office, now = await an_administrator(HERE), await an_office_of(HERE), AT
    day = TODAY + timedelta(days=days)
    if refused:
        with pytest.raises(refused):
            await offices.hit(by, office, day, now=now)
        with pytest.raises(refused):
            await offices.close(by, office, day, reason="停电", now=now)
        assert not await OfficeClosure.exists()
        return
    assert await offices.hit(by, office, day, now=now) == []
    assert not await OfficeClosure.exists()
    assert await offices.close(by, office, day, reason="停电", now=now) == 0
    [closed] = await offices.closed(by, office, now=now)
    assert (closed.day, closed.reason, closed.closed_at) == (day, "停电", now)


async def test_closed_days_are_listed_from_today_on_in_order() -> None:
    by, office, now = await an_administrator(HERE), await an_office_of(HERE), AT
    other = await an_office_of(BESIDE)
    for days in (3, 0, 1):
        await offices.close(by, office, TODAY + days * DAY, reason=f"第{days}天", now=now)
    await OfficeClosure.create(
        office_id=office, day=TODAY - DAY, reason="昨天", created_at=now - DAY
    )
    await OfficeClosure.create(office_id=other, day=TODAY, reason="别处", created_at=now)

    listed = await offices.closed(by, office, now=now)
    assert [(each.day - TODAY, each.reason) for each in listed] == [
        (0 * DAY, "第0天"),
        (1 * DAY, "第1天"),
        (3 * DAY, "第3天"),
    ]


async def test_only_a_day_that_is_closed_and_not_over_is_opened_again() -> None:
    by, office, now = await an_administrator(HERE), await an_office_of(HERE), AT
    await offices.close(by, office, TODAY + DAY, reason="停电", now=now)
    await OfficeClosure.create(
        office_id=office, day=TODAY - DAY, reason="昨天", created_at=now - DAY
    )
    for day in (TODAY, TODAY - DAY, TODAY + 2 * DAY):
        with pytest.raises(ClosureNotFound):
            await offices.reopen(by, office, day, now=now)
    assert await offices.reopen(by, office, TODAY + DAY, now=now) >= 0
    with pytest.raises(ClosureNotFound):
        await offices.reopen(by, office, TODAY + DAY, now=now)
    assert [each.day for each in await OfficeClosure.all()] == [TODAY - DAY]


@pytest.mark.parametrize("unit", [BESIDE, OTHER_STREET, ELSEWHERE])
async def test_an_office_of_others_is_not_found_whatever_is_asked(unit: str) -> None:
    by, now = await an_administrator(unit), AT
    for office in (await an_office_of(HERE), uuid4()):
        for asking in (
            offices.closed(by, office, now=now),
            offices.hit(by, office, TODAY, now=now),
            offices.close(by, office, TODAY, reason="停电", now=now),
            offices.reopen(by, office, TODAY, now=now),
        ):
            with pytest.raises(OfficeNotFound):
                await asking
    assert not await OfficeClosure.exists()


async def test_units_come_in_pages_from_the_whole_subtree_or_one_level_of_it() -> None:
    by = await an_administrator(STREET)

    async def codes(**asked: str | int | None) -> list[str]:
        usual: dict[str, Any] = {"parent": None, "after": None, "limit": 500}
        found = await units.page(by, now=NOW, **usual | asked)
        return [each.unit.code for each in found]

    everything = await codes()
    assert everything[:3] == [STREET, HERE, BESIDE]
    assert everything == sorted(everything) == [unit.code for unit in units.subtree(by, now=NOW)]
    assert all(code.startswith(STREET[:9]) for code in everything)
    assert await codes(limit=2) == [STREET, HERE]
    assert await codes(after=HERE, limit=1) == [BESIDE]
    assert await codes(after=everything[-1]) == []
    assert await codes(parent=STREET) == everything[1:]
    assert await codes(parent=HERE) == []
    for parent in (DISTRICT, OTHER_STREET, "9" * 12):
        with pytest.raises(UnitNotFound):
            await codes(parent=parent)


async def test_a_unit_is_shown_with_its_heads_and_the_posts_of_today() -> None:
    head = await an_admin(HERE, name="孙主任")
    gone = await an_admin(HERE, name="钱主任")
    await Staff.filter(id=gone.id).update(active=False)
    former = await an_admin(HERE, name="周主任")
    await Post.filter(staff_id=former.id).update(valid_to=clock.city_day(NOW) - DAY)
    await a_member((HERE, Role.CLERK), (HERE, Role.REVIEWER))
    await a_member((HERE, Role.CLERK), (BESIDE, Role.CLERK))
    last = await a_member((HERE, Role.CLERK))
    await Post.filter(staff_id=last).update(valid_to=clock.city_day(NOW))
    await a_member((HERE, Role.CLERK), active=False)

    by = await an_administrator(STREET)
    _, here, beside = await units.page(by, parent=None, after=None, limit=3, now=NOW)
    assert [(each.id, each.name) for each in here.heads] == [(head.id, "孙主任")]
    assert here.posts == {Role.ADMIN: 1, Role.CLERK: 3, Role.REVIEWER: 1}
    assert (beside.heads, beside.posts) == ((), {Role.CLERK: 1})


async def test_items_are_those_in_which_a_unit_takes_part() -> None:
    async def codes(unit: str, after: str | None = None) -> list[str]:
        by = await an_administrator(unit)
        return [item.code for item in await units.items(by, after=after, now=NOW)]

    here, department = await codes(HERE), await codes("210102-MZ")
    assert here == sorted(here)
    assert "SP-MZ-001" in here
    assert "SP-MZ-001" in department
    assert set(department) < set(await codes(DISTRICT))
    assert await codes(HERE, after=here[2]) == here[3:]
    assert await codes(HERE, after=here[-1]) == []
