"""Whom an administrator looks after: who is listed, in which state, and by whom alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.administration import members
from backend.administration.members import MemberState, Wanted
from backend.administration.refusals import StaffNotFound, UnitNotFound
from backend.identity.actors import StaffActor
from config.clock import city_day
from models import OrgUnit, Post, Role, SecondFactor, UnitLevel
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

pytestmark = pytest.mark.usefixtures("city")
CLERK, REVIEWER = Role.CLERK, Role.REVIEWER


async def listed(by: StaffActor, **asked: Any) -> list[str]:
    """The names on a page, in its order, without the administrator's own."""
    wanted = Wanted(**{key: asked.pop(key) for key in ("unit", "name", "state") if key in asked})
    given = {"before": None, "limit": 100, "now": NOW} | asked
    return [one.name for one in await members.page(by, wanted, **given) if one.id != by.id]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, MemberState.ACTIVE),
        ({"openid_hash": None}, MemberState.INVITED),
        ({"active": False}, MemberState.DISABLED),
        ({"active": False, "openid_hash": None}, MemberState.DISABLED),
        ({"active": False, "openid_hash": None, "left_at": NOW}, MemberState.LEFT),
    ],
)
async def test_in_which_state_somebody_is(changes: dict[str, Any], state: MemberState) -> None:
    found = await members.read(await a_member((HERE, CLERK), **changes), now=NOW)
    assert found is not None
    assert found.state is state


async def test_a_member_is_read_with_all_posts_ever_held() -> None:
    admin = await an_admin(STREET)
    made = await a_member((HERE, CLERK), (BESIDE, REVIEWER))
    await Post.filter(staff_id=made, role=REVIEWER).update(valid_to=city_day(NOW) - DAY)
    await Post.filter(staff_id=made, role=CLERK).update(granted_by_id=admin.id)

    found = await members.read(made, now=NOW)
    assert found is not None
    assert (found.id, found.name, found.version, found.factor) == (made, "李四", 2, False)
    assert found.created_at == NOW
    shown = {(post.role, post.unit): post for post in found.posts}
    clerk, reviewer = shown[CLERK, HERE], shown[REVIEWER, BESIDE]
    assert (clerk.held, clerk.granted_by, clerk.granted_at) == (True, admin.id, NOW)
    assert (reviewer.held, reviewer.granted_by) == (False, None)
    unit = await OrgUnit.get(code=HERE)
    assert (clerk.name, clerk.level, clerk.path) == (unit.name, UnitLevel.COMMUNITY, unit.path)
    assert found.held == list(found.deciding) == [clerk]
    assert await members.read(uuid4(), now=NOW) is None


@pytest.mark.parametrize(("days", "held"), [(-1, False), (0, True), (1, True), (None, True)])
async def test_a_post_is_held_to_its_last_day(*, days: int | None, held: bool) -> None:
    made = await a_member((HERE, CLERK))
    last = None if days is None else city_day(NOW) + timedelta(days=days)
    await Post.filter(staff_id=made).update(valid_to=last)

    found = await members.read(made, now=NOW)
    assert found is not None
    assert [post.held for post in found.posts] == [held]
    # Who holds none any more is still looked after where they held one.
    assert list(found.deciding) == list(found.posts)


async def test_a_factor_counts_once_it_was_confirmed() -> None:
    made = await a_member((HERE, CLERK))
    factor = await SecondFactor.create(staff_id=made, created_at=NOW)
    found = await members.read(made, now=NOW)
    assert found is not None
    assert not found.factor
    await SecondFactor.filter(id=factor.id).update(
        confirmed_at=NOW, secret_sealed=b"x", last_step=1
    )
    found = await members.read(made, now=NOW)
    assert found is not None
    assert found.factor


async def test_those_of_the_subtree_are_listed_last_first_and_nobody_else() -> None:
    admin = await an_admin(STREET)
    places = (STREET, HERE, ELSEWHERE, BESIDE, OTHER_STREET, DISTRICT)
    for name, unit in zip("零一二三四五", places, strict=True):
        await a_member((unit, CLERK), name=f"员工{name}")
    gone = await a_member((HERE, CLERK), (ELSEWHERE, REVIEWER), name="员工甲")
    await Post.filter(staff_id=gone, role=CLERK).update(valid_to=city_day(NOW) - 10 * DAY)

    assert await listed(admin) == ["员工甲", "员工三", "员工一", "员工零"]
    assert await listed(admin, unit=HERE) == ["员工甲", "员工一"]
    assert await listed(admin, unit=STREET) == ["员工甲", "员工三", "员工一", "员工零"]
    assert await listed(await an_admin(HERE, OTHER_STREET)) == ["员工甲", "员工四", "员工一"]
    assert await listed(await an_admin(ELSEWHERE)) == ["员工甲", "员工二"]


async def test_they_are_found_by_name_and_state_in_pages() -> None:
    admin = await an_admin(STREET)
    made = [
        await a_member((HERE, CLERK), name=name, active=name != "王三")
        for name in ("王一", "李一", "王二", "王三", "李王")
    ]
    assert await listed(admin, name="王") == ["李王", "王三", "王二", "王一"]
    assert await listed(admin, name=" 王 ") == ["李王", "王三", "王二", "王一"]
    assert await listed(admin, name="王一二") == []
    assert await listed(admin, name="王", limit=2) == ["李王", "王三"]
    assert await listed(admin, name="王", limit=2, before=made[3]) == ["王二", "王一"]
    assert await listed(admin, state=MemberState.DISABLED) == ["王三"]
    assert await listed(admin, state=MemberState.ACTIVE, name="王") == ["李王", "王二", "王一"]
    assert await listed(admin, state=MemberState.LEFT) == []
    assert await listed(admin, before=made[0]) == []
    assert await listed(admin, limit=1, before=made[1]) == ["王一"]


async def test_a_search_reads_on_until_its_page_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(members, "_AT_ONCE", 2)
    admin = await an_admin(STREET)
    for name in ("王一", "李一", "李二", "王二", "李三", "李四", "李五"):
        await a_member((HERE, CLERK), name=name)
    assert await listed(admin, name="王") == ["王二", "王一"]
    assert await listed(admin, name="王", limit=1) == ["王二"]
    assert await listed(admin, name="赵") == []


@pytest.mark.parametrize("unit", [DISTRICT, OTHER_STREET, ELSEWHERE, "9" * 12, ""])
async def test_a_unit_of_others_is_not_found(unit: str) -> None:
    admin = await an_admin(STREET)
    with pytest.raises(UnitNotFound):
        members.unit_of(admin, unit, on=city_day(NOW))
    with pytest.raises(UnitNotFound):
        await listed(admin, unit=unit)


async def test_a_unit_that_has_ended_is_not_found() -> None:
    admin, day = await an_admin(STREET), city_day(NOW)
    assert members.unit_of(admin, HERE, on=day).code == HERE
    assert members.unit_of(admin, STREET, on=day).code == STREET
    clerk = await a_member((HERE, CLERK))
    found = await members.one(admin, clerk, now=NOW)
    assert found.id == clerk


async def test_one_is_found_by_who_looks_after_them_now_or_did_once() -> None:
    clerk = await a_member((HERE, CLERK), (ELSEWHERE, CLERK))
    await Post.filter(staff_id=clerk, unit_id=HERE).update(valid_to=city_day(NOW) - DAY)
    for unit in (STREET, DISTRICT, HERE, ELSEWHERE):
        assert (await members.one(await an_admin(unit), clerk, now=NOW)).id == clerk
    for unit in (BESIDE, OTHER_STREET):
        with pytest.raises(StaffNotFound):
            await members.one(await an_admin(unit), clerk, now=NOW)
    with pytest.raises(StaffNotFound):
        await members.one(await an_admin(STREET), uuid4(), now=NOW)


async def test_an_account_is_managed_by_who_may_give_all_its_posts_of_today() -> None:
    street, district = await an_admin(STREET), await an_admin(DISTRICT)

    async def manageable(member: UUID, by: StaffActor) -> bool:
        found = await members.read(member, now=NOW)
        assert found is not None
        return members.manageable(by, found)

    clerk = await a_member((HERE, CLERK), (OTHER_STREET, CLERK))
    assert [await manageable(clerk, by) for by in (street, district)] == [False, True]
    await Post.filter(staff_id=clerk, unit_id=OTHER_STREET).update(valid_to=city_day(NOW) - DAY)
    assert [await manageable(clerk, by) for by in (street, district)] == [True, True]
    await Post.filter(staff_id=clerk).update(valid_to=city_day(NOW) - DAY)
    assert [await manageable(clerk, by) for by in (street, district)] == [False, True]
    peer = await a_member((STREET, Role.ADMIN))
    assert [await manageable(peer, by) for by in (street, district)] == [False, True]
