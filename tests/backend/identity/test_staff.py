import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from tortoise import timezone

from backend.errors import ServiceError, Unauthenticated
from backend.identity import actors, sessions, staff, tokens
from backend.identity.actors import PostView
from backend.identity.sessions import Granted
from config import clock
from models import Audience, Post, Role, Session, Staff, StaffInvite, UnitLevel
from tests.backend.identity.factories import a_community
from tests.phones import Phones

RIVALS = 8

pytestmark = pytest.mark.usefixtures("database")


async def a_clerk(unit: str = "210102001001") -> UUID:
    await a_community(unit)
    return await staff.create("李四", posts=[(unit, Role.CLERK)], now=clock.now())


async def codes_of(*answers: object) -> list[str]:
    return [answer.code for answer in answers if isinstance(answer, ServiceError)]


async def bind(phones: Phones, person: str, invite: str) -> Granted | ServiceError:
    code = await phones.code(person)
    try:
        return await staff.bind(code, invite, now=clock.now())
    except ServiceError as error:
        return error


async def test_an_invite_binds_a_wechat_account_which_then_logs_in(phones: Phones) -> None:
    clerk = await a_clerk()

    bound = await staff.bind(
        await phones.code("li"), await staff.invite(clerk, now=clock.now()), now=clock.now()
    )
    again = await staff.log_in(await phones.code("li"), now=clock.now())

    assert bound.claims.subject == again.claims.subject == clerk
    assert tokens.verify(again.access_token, Audience.STAFF, now=clock.now()) == again.claims
    assert 29 * 60 < again.refresh_expires_in <= 30 * 60
    assert await staff.name_of(clerk) == "李四"


async def test_an_invite_is_taken_however_it_is_typed(phones: Phones) -> None:
    invite = await staff.invite(await a_clerk(), now=clock.now())

    assert isinstance(await bind(phones, "li", f" {invite.lower().replace('-', ' ')}"), Granted)


async def test_of_rivals_with_one_invite_one_is_bound(phones: Phones) -> None:
    for unit in ("210102001001", "210102001002", "210102001003"):
        clerk = await a_clerk(unit)
        invite = await staff.invite(clerk, now=clock.now())

        answers = await asyncio.gather(
            *(bind(phones, f"{unit}-{rival}", invite) for rival in range(RIVALS))
        )

        assert sum(isinstance(answer, Granted) for answer in answers) == 1
        assert await codes_of(*answers) == ["invite_invalid"] * (RIVALS - 1)
        assert await Session.filter(staff_id=clerk).count() == 1


async def test_one_wechat_account_is_bound_to_one_of_rival_staff(phones: Phones) -> None:
    clerks = [await a_clerk(f"21010200100{place}") for place in range(RIVALS)]
    invites = [await staff.invite(clerk, now=clock.now()) for clerk in clerks]

    answers = await asyncio.gather(*(bind(phones, "li", invite) for invite in invites))

    assert sum(isinstance(answer, Granted) for answer in answers) == 1
    assert await codes_of(*answers) == ["staff_already_bound"] * (RIVALS - 1)
    assert await StaffInvite.filter(used_at=None).count() == RIVALS - 1


async def test_an_expired_unknown_or_replaced_invite_binds_nobody(phones: Phones) -> None:
    clerk = await a_clerk()
    replaced = await staff.invite(clerk, now=clock.now())
    expired = await staff.invite(clerk, now=clock.now())
    await StaffInvite.all().update(expires_at=timezone.now())

    for invite in ("", "7K2M-9QXA-04TZ", replaced, expired):
        answer = await bind(phones, "li", invite)
        assert await codes_of(answer) == ["invite_invalid"]
    assert (await Staff.get(id=clerk)).openid_hash is None


async def test_a_new_invite_moves_the_account_and_ends_the_old_sessions(phones: Phones) -> None:
    clerk = await a_clerk()
    old = await staff.bind(
        await phones.code("old phone"), await staff.invite(clerk, now=clock.now()), now=clock.now()
    )

    new = await staff.bind(
        await phones.code("new phone"), await staff.invite(clerk, now=clock.now()), now=clock.now()
    )

    assert (await actors.staff(new.claims, now=clock.now())).id == clerk
    with pytest.raises(Unauthenticated):
        tokens.verify(old.access_token, Audience.STAFF, now=clock.now())
    with pytest.raises(ServiceError) as refused:
        await staff.log_in(await phones.code("old phone"), now=clock.now())
    assert refused.value.code == "staff_not_bound"


async def test_a_new_invite_puts_the_lost_phone_out_before_anybody_uses_it(phones: Phones) -> None:
    clerk = await a_clerk()
    lost = await staff.bind(
        await phones.code("lost phone"), await staff.invite(clerk, now=clock.now()), now=clock.now()
    )

    await staff.invite(clerk, now=clock.now())

    with pytest.raises(Unauthenticated):
        await actors.staff(lost.claims, now=clock.now())
    with pytest.raises(ServiceError) as refused:
        await staff.log_in(await phones.code("lost phone"), now=clock.now())
    assert refused.value.code == "staff_not_bound"


async def test_a_resident_is_not_staff(phones: Phones) -> None:
    with pytest.raises(ServiceError) as refused:
        await staff.log_in(await phones.code("wang"), now=clock.now())

    assert (refused.value.kind, refused.value.code) == ("forbidden", "staff_not_bound")


async def test_who_has_left_neither_binds_nor_logs_in_nor_goes_on(phones: Phones) -> None:
    clerk = await a_clerk()
    unused = await staff.invite(clerk, now=clock.now())
    granted = await sessions.start(Audience.STAFF, clerk, now=clock.now())
    await staff.disable(clerk, now=clock.now())

    with pytest.raises(Unauthenticated):
        await actors.staff(granted.claims, now=clock.now())
    with pytest.raises(ServiceError) as refused:
        await staff.log_in(await phones.code("li"), now=clock.now())
    assert refused.value.code == "staff_not_bound"
    assert await codes_of(await bind(phones, "li", unused)) == ["invite_invalid"]
    await StaffInvite.filter(used_at=None).update(expires_at=timezone.now() + timedelta(days=1))
    assert await codes_of(await bind(phones, "li", unused)) == ["staff_not_active"]
    with pytest.raises(ServiceError) as no_more:
        await staff.invite(clerk, now=clock.now())
    assert no_more.value.code == "staff_not_active"


async def test_who_leaves_while_rivals_enable_them_stays_out() -> None:
    clerk = await a_clerk()
    for _ in range(3):
        await Staff.filter(id=clerk).update(left_at=None)
        await staff.disable(clerk, now=clock.now())

        answers = await asyncio.gather(
            *(staff.enable(clerk) for _ in range(RIVALS)),
            staff.leave(clerk, now=clock.now()),
            *(staff.enable(clerk) for _ in range(RIVALS)),
            return_exceptions=True,
        )

        found = await Staff.get(id=clerk)
        assert (found.active, found.left_at is None) == (False, False)
        assert set(await codes_of(*answers)) <= {"staff_left"}
        with pytest.raises(ServiceError) as refused:
            await staff.enable(clerk)
        assert refused.value.code == "staff_left"


async def test_staff_act_with_the_posts_they_hold_today() -> None:
    today = timezone.localtime().date()
    clerk = await a_clerk("210102001001")
    held = await a_community("210102001002", name="今日社区")
    closed = await a_community("210102001003", valid_to=today - timedelta(days=1))
    left = await a_community("210102001004")
    await Post.create(
        staff_id=clerk, unit=held, role=Role.REVIEWER, valid_to=today, created_at=clock.now()
    )
    await Post.create(staff_id=clerk, unit=closed, role=Role.CLERK, created_at=clock.now())
    post = await Post.get(unit=held)
    await Post.create(
        staff_id=clerk,
        unit=left,
        role=Role.CLERK,
        valid_to=today - timedelta(days=1),
        created_at=clock.now(),
    )
    granted = await sessions.start(Audience.STAFF, clerk, now=clock.now())

    actor = await actors.staff(granted.claims, now=clock.now())

    assert [post.unit_code for post in actor.posts] == ["210102001001", held.code]
    assert actor.posts[1] == PostView(
        role=Role.REVIEWER,
        unit_code=held.code,
        unit_name="今日社区",
        level=UnitLevel.COMMUNITY,
        path=held.code,
        department_code=None,
        since=post.created_at,
    )


async def test_staff_without_a_post_are_known_and_may_do_nothing() -> None:
    nobody = await staff.create("赵六", posts=[], now=clock.now())
    granted = await sessions.start(Audience.STAFF, nobody, now=clock.now())

    assert (await actors.staff(granted.claims, now=clock.now())).posts == ()


async def test_an_ended_or_expired_session_or_anothers_is_refused_by_the_database() -> None:
    clerk, other = await a_clerk("210102001001"), await a_clerk("210102001002")
    granted = await sessions.start(Audience.STAFF, clerk, now=clock.now())
    stolen = tokens.Claims(Audience.STAFF, other, granted.claims.session)
    with pytest.raises(Unauthenticated):
        await actors.staff(stolen, now=clock.now())

    await Session.all().update(expires_at=timezone.now())
    with pytest.raises(Unauthenticated):
        await actors.staff(granted.claims, now=clock.now())

    ended = await sessions.start(Audience.STAFF, clerk, now=clock.now())
    await sessions.end(ended.claims.session)
    with pytest.raises(Unauthenticated):
        await actors.staff(ended.claims, now=clock.now())
