"""What an administrator does about a member of staff, and what of it is refused."""

from uuid import uuid4

import pytest

from backend.administration import acts
from backend.administration.acts import Seen
from backend.administration.refusals import (
    LastAdmin,
    NameKnown,
    NotToYourself,
    PostNotYours,
    StaffNotFound,
    UnitNotFound,
)
from backend.errors import ServiceError
from backend.identity import actors
from backend.identity.refusals import (
    NameInvalid,
    PostHeld,
    PostNotFound,
    PostsApart,
    SessionEnded,
    StaffLeft,
    StaffNotActive,
)
from backend.identity.tokens import Claims
from backend.refusals import VersionStale
from config.clock import city_day
from models import Audience, Post, Role, Session, Staff, StaffInvite, Task
from tests.backend.administration.people import (
    BESIDE,
    CITY,
    DAY,
    DISTRICT,
    ELSEWHERE,
    HERE,
    LATER,
    NOW,
    OTHER_STREET,
    STREET,
    a_member,
    acting,
    an_admin,
    post_of,
    seen,
)
from tests.backend.cases.factories import a_case

pytestmark = pytest.mark.usefixtures("city")
CLERK, ADMIN = Role.CLERK, Role.ADMIN


async def held(staff_id: object) -> set[tuple[str, str]]:
    """The posts that are held on this day."""
    rows = await Post.filter(staff_id=staff_id).values("unit_id", "role", "valid_to")
    today = city_day(NOW)
    return {
        (row["unit_id"], row["role"])
        for row in rows
        if row["valid_to"] is None or row["valid_to"] >= today
    }


async def test_who_is_invited_has_the_posts_and_no_account_yet() -> None:
    by = await an_admin(STREET)
    made, code = await acts.invite(
        by, " 王  新 ", [(HERE, CLERK), (BESIDE, Role.REVIEWER)], another=False, now=NOW
    )
    assert await held(made) == {(HERE, "clerk"), (BESIDE, "reviewer")}
    person = await Staff.get(id=made)
    assert (person.active, person.openid_hash, len(code)) == (True, None, 14)
    granted = await Post.filter(staff_id=made).values_list("granted_by_id", flat=True)
    assert set(granted) == {by.id}


@pytest.mark.parametrize(
    ("posts", "refused"),
    [
        ([(STREET, ADMIN)], PostNotYours),
        ([(HERE, CLERK), (OTHER_STREET, CLERK)], UnitNotFound),
        ([(ELSEWHERE, CLERK)], UnitNotFound),
        ([("9" * 12, CLERK)], UnitNotFound),
        ([(HERE, CLERK), (HERE, CLERK)], PostHeld),
        ([(HERE, CLERK), (HERE, ADMIN)], PostsApart),
    ],
)
async def test_nobody_is_invited_to_what_is_not_to_be_given(
    posts: list[tuple[str, Role]], refused: type[ServiceError]
) -> None:
    by, before = await an_admin(STREET), await Staff.all().count()
    with pytest.raises(refused):
        await acts.invite(by, "王新", posts, another=True, now=NOW)
    assert await Staff.all().count() == before
    assert await StaffInvite.all().count() == 0


async def test_a_name_that_is_known_is_asked_about_unless_it_was_of_somebody_before() -> None:
    by = await an_admin(STREET)
    await a_member((ELSEWHERE, CLERK), name="王新")
    first, _ = await acts.invite(by, "王新", [(HERE, CLERK)], another=False, now=NOW)
    await acts.invite(by, "王新民", [(HERE, CLERK)], another=False, now=NOW)
    for again in ("王新", " 王新 "):
        with pytest.raises(NameKnown):
            await acts.invite(by, again, [(BESIDE, CLERK)], another=False, now=NOW)
    second, _ = await acts.invite(by, "王新", [(BESIDE, CLERK)], another=True, now=NOW)
    assert second != first
    await Post.filter(staff_id__in=[first, second]).update(valid_to=city_day(NOW) - DAY)
    await acts.invite(by, "王新", [(HERE, CLERK)], another=False, now=NOW)


@pytest.mark.parametrize("name", ["", " ", "王\x00新", "王" * 101])
async def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(NameInvalid):
        await acts.invite(await an_admin(STREET), name, [(HERE, CLERK)], another=True, now=NOW)


async def test_an_administrator_acts_with_the_posts_of_the_moment() -> None:
    by, clerk = await an_admin(STREET), await a_member((HERE, CLERK))
    await Post.filter(staff_id=by.id).update(valid_to=city_day(NOW) - DAY)
    with pytest.raises(UnitNotFound):
        await acts.invite(by, "王新", [(HERE, CLERK)], another=True, now=NOW)
    with pytest.raises(StaffNotFound):
        await acts.disable(by, await seen(clerk), now=NOW)
    await Session.filter(staff_id=by.id).update(revoked_at=NOW, revoke_reason="logout")
    with pytest.raises(SessionEnded):
        await acts.disable(by, await seen(clerk), now=NOW)
    assert (await Staff.get(id=clerk)).active


ACTS = {
    "invite_again": acts.invite_again,
    "disable": acts.disable,
    "enable": acts.enable,
    "leave": acts.leave,
    "reset_factor": acts.reset_factor,
}


@pytest.mark.parametrize("name", ACTS)
async def test_each_act_is_on_who_was_seen_and_is_in_ones_own_hands(name: str) -> None:
    act, by = ACTS[name], await an_admin(STREET)
    clerk = await a_member((HERE, CLERK))
    foreign = await a_member((OTHER_STREET, CLERK))
    shared = await a_member((HERE, CLERK), (OTHER_STREET, CLERK))
    peer = await a_member((STREET, ADMIN))
    version = (await Staff.get(id=clerk)).version
    for whom, refused in (
        (Seen(clerk, version + 1), VersionStale),
        (Seen(clerk, version - 1), VersionStale),
        (Seen(uuid4(), version), StaffNotFound),
        (await seen(foreign), StaffNotFound),
        (await seen(shared), PostNotYours),
        (await seen(peer), PostNotYours),
    ):
        before = await Staff.all().order_by("id").values()
        with pytest.raises(refused):
            await act(by, whom, now=NOW)
        assert await Staff.all().order_by("id").values() == before
    await act(by, await seen(clerk), now=NOW)


@pytest.mark.parametrize("name", ["invite_again", "enable", "reset_factor"])
async def test_nobody_helps_themselves(name: str) -> None:
    by = await an_admin(STREET)
    await an_admin(DISTRICT)
    with pytest.raises(NotToYourself):
        await ACTS[name](by, await seen(by.id), now=NOW)
    with pytest.raises(NotToYourself):
        await acts.add_posts(by, await seen(by.id), [(HERE, CLERK)], now=NOW)


async def test_who_is_put_out_leaves_their_tasks_to_the_unit_and_may_come_back() -> None:
    by, clerk = await an_admin(STREET), await a_member((HERE, CLERK))
    for _ in range(2):
        await a_case()
    await Task.all().update(assignee_id=clerk)

    assert await acts.disable(by, await seen(clerk), now=LATER) == 2
    assert await Task.filter(assignee_id=None).count() == 2
    assert await acts.disable(by, await seen(clerk), now=LATER) == 0
    with pytest.raises(StaffNotActive):
        await acts.invite_again(by, await seen(clerk), now=LATER)
    await acts.enable(by, await seen(clerk), now=LATER)
    assert (await Staff.get(id=clerk)).active
    assert await held(clerk) == {(HERE, "clerk")}

    await Task.all().update(assignee_id=clerk)
    assert await acts.leave(by, await seen(clerk), now=LATER) == 2
    assert (await Staff.get(id=clerk)).left_at == LATER
    for again in (acts.enable, acts.invite_again):
        with pytest.raises((StaffLeft, StaffNotActive)):
            await again(by, await seen(clerk), now=LATER)
    with pytest.raises(StaffLeft):
        await acts.add_posts(by, await seen(clerk), [(HERE, CLERK)], now=LATER)


async def test_a_new_code_ends_what_was_bound() -> None:
    by, clerk = await an_admin(STREET), await a_member((HERE, CLERK))
    session = await acting(clerk)
    codes = {await acts.invite_again(by, await seen(clerk), now=NOW) for _ in range(2)}
    assert len(codes) == 2
    assert (await Staff.get(id=clerk)).openid_hash is None
    assert (await Session.get(id=session.session_id)).revoked_at is not None


async def test_further_posts_are_given_once_and_by_who_may_give_them() -> None:
    by, clerk = await an_admin(STREET), await a_member((HERE, CLERK), (OTHER_STREET, CLERK))
    await acts.add_posts(by, await seen(clerk), [(BESIDE, CLERK), (HERE, Role.REVIEWER)], now=NOW)
    whole = {(HERE, "clerk"), (OTHER_STREET, "clerk"), (BESIDE, "clerk"), (HERE, "reviewer")}
    assert await held(clerk) == whole
    for posts, refused in (
        ([(BESIDE, CLERK)], PostHeld),
        ([(BESIDE, Role.APPROVER), (HERE, CLERK)], PostHeld),
        ([(HERE, ADMIN)], PostsApart),
        ([(STREET, ADMIN)], PostNotYours),
        ([(OTHER_STREET, Role.REVIEWER)], UnitNotFound),
    ):
        with pytest.raises(refused):
            await acts.add_posts(by, await seen(clerk), posts, now=NOW)
        assert await held(clerk) == whole


async def test_a_post_is_ended_where_it_is_ones_own_to_give() -> None:
    by = await an_admin(STREET)
    clerk = await a_member((HERE, CLERK), (BESIDE, CLERK), (OTHER_STREET, CLERK))
    await a_case()
    await Task.all().update(assignee_id=clerk, unit_id=HERE)
    for post in (await post_of(clerk, OTHER_STREET), uuid4(), await post_of(by.id, STREET)):
        with pytest.raises(PostNotFound):
            await acts.end_post(by, await seen(clerk), post, now=NOW)

    ended = await post_of(clerk, BESIDE)
    assert await acts.end_post(by, await seen(clerk), ended, now=NOW) == 0
    with pytest.raises(PostNotFound):
        await acts.end_post(by, await seen(clerk), ended, now=LATER)
    assert await acts.end_post(by, await seen(clerk), await post_of(clerk, HERE), now=NOW) == 1


async def test_the_post_of_a_peer_is_ended_from_above() -> None:
    by, peer = await an_admin(STREET), await an_admin(STREET)
    post = await post_of(peer.id, STREET)
    with pytest.raises(PostNotYours):
        await acts.end_post(by, await seen(peer.id), post, now=NOW)
    assert await acts.end_post(await an_admin(DISTRICT), await seen(peer.id), post, now=NOW) == 0


@pytest.mark.parametrize("above", [STREET, DISTRICT, CITY])
async def test_who_goes_leaves_another_behind_who_reaches_as_far(above: str) -> None:
    by = await an_admin(STREET)
    post = await post_of(by.id, STREET)
    for unit in (HERE, OTHER_STREET, ELSEWHERE):
        await an_admin(unit)
    with pytest.raises(LastAdmin):
        await acts.end_post(by, await seen(by.id), post, now=NOW)
    for act in (acts.disable, acts.leave):
        with pytest.raises(LastAdmin):
            await act(by, await seen(by.id), now=NOW)

    other = await an_admin(above)
    yesterday = city_day(NOW) - DAY
    for gone in ({"active": False}, {"openid_hash": None}):
        kept = (await Staff.filter(id=other.id).values("active", "openid_hash"))[0]
        await Staff.filter(id=other.id).update(**gone)
        with pytest.raises(LastAdmin):
            await acts.disable(by, await seen(by.id), now=NOW)
        await Staff.filter(id=other.id).update(**kept)
    await Post.filter(staff_id=other.id).update(valid_to=yesterday)
    with pytest.raises(LastAdmin):
        await acts.disable(by, await seen(by.id), now=NOW)
    await Post.filter(staff_id=other.id).update(valid_to=city_day(NOW))
    await acts.disable(by, await seen(by.id), now=NOW)
    with pytest.raises(SessionEnded):
        await actors.staff(Claims(Audience.STAFF, by.id, by.session_id), now=NOW)


async def test_of_two_units_each_must_keep_one() -> None:
    by = await an_admin(HERE, BESIDE)
    await an_admin(HERE)
    with pytest.raises(LastAdmin):
        await acts.leave(by, await seen(by.id), now=NOW)
    post = await post_of(by.id, BESIDE)
    with pytest.raises(LastAdmin):
        await acts.end_post(by, await seen(by.id), post, now=NOW)
    assert await acts.end_post(by, await seen(by.id), await post_of(by.id, HERE), now=NOW) == 0
    await an_admin(STREET)
    assert await acts.leave(by, await seen(by.id), now=NOW) == 0
