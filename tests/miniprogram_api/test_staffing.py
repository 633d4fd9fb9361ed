"""What an operator types about staff, and the sentence that comes back."""

import re
from collections.abc import Awaitable
from functools import partial
from uuid import uuid4

import pytest

from backend.identity import actors, sessions
from config import clock
from config.errors import StartError
from miniprogram_api.process import staffing
from models import AccessRecord, Audience, Staff
from tests.backend.identity.factories import a_community

UNIT = "210102001001"
CODE = re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$")

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def home(database: None) -> None:
    await a_community(UNIT)


async def fault(answer: Awaitable[str]) -> str:
    with pytest.raises(StartError) as told:
        await staffing.told(answer)
    assert "\n" not in str(told.value)
    return str(told.value)


async def test_who_is_invited_is_listed_with_id_state_and_posts() -> None:
    assert (
        await staffing.shown(now=clock.now())
        == "尚未邀请任何工作人员。 Nobody has been invited yet."
    )
    code = await staffing.invite(
        "李四", [f"{UNIT}:clerk", f"{UNIT}:reviewer"], another=False, now=clock.now()
    )

    assert CODE.match(code)
    person = await Staff.get()
    shown = await staffing.shown(now=clock.now())
    assert shown == f"{person.id} 李四 在用 active, 未绑定 not bound {UNIT}:clerk {UNIT}:reviewer"


async def test_each_fault_is_one_sentence_and_makes_nobody() -> None:
    invite = partial(staffing.invite, now=clock.now())

    assert "unit:role" in await fault(invite("李四", ["210102001001"], another=False))
    assert "boss" in await fault(invite("李四", [f"{UNIT}:boss"], another=False))
    unknown = await fault(invite("李四", ["210102001999:clerk"], another=False))
    assert unknown == "没有单位 210102001999。 There is no unit 210102001999."
    twice = await fault(invite("李四", [f"{UNIT}:clerk"] * 2, another=False))
    assert twice == "已任该岗位，或岗位重复。 The post is held already, or named twice."
    posts = ["210102001001", f"{UNIT}:clerk", f"{UNIT}:boss", "210102001999:clerk"]
    with pytest.raises(StartError) as told:
        await staffing.told(invite("李四", posts, another=False))
    lines = str(told.value).splitlines()
    for line, said in zip(lines, ("'210102001001'", "boss", "210102001999"), strict=True):
        assert said in line
    for name in ("", " ", "x", "李4"):
        assert "name" in await fault(invite(name, [f"{UNIT}:clerk"], another=False))
    assert await Staff.all().count() == 0


async def test_a_known_name_is_told_and_a_second_person_of_it_has_to_be_meant() -> None:
    await staffing.invite("李四", [f"{UNIT}:clerk"], another=False, now=clock.now())

    told = await fault(staffing.invite(" 李四 ", [f"{UNIT}:clerk"], another=False, now=clock.now()))
    assert str((await Staff.get()).id) in told
    assert "--another" in told
    assert CODE.match(
        await staffing.invite("李四", [f"{UNIT}:clerk"], another=True, now=clock.now())
    )

    assert "by id" in await fault(staffing.disable("李四", now=clock.now()))
    first = (await Staff.all().order_by("id"))[0]
    assert "disabled" in await staffing.disable(str(first.id), now=clock.now())


async def test_who_is_disabled_is_out_at_the_next_request_and_back_when_enabled() -> None:
    await staffing.invite("李四", [f"{UNIT}:clerk"], another=False, now=clock.now())
    person = await Staff.get()
    session = await sessions.start(Audience.STAFF, person.id, now=clock.now())
    await actors.staff(session.claims, now=clock.now())

    disabled = await staffing.disable("李四", now=clock.now())
    assert disabled == "李四 已停用，放回任务 0 件 / is disabled; tasks released: 0."
    with pytest.raises(Exception, match="登录已失效"):
        await actors.staff(session.claims, now=clock.now())
    assert "enable them first" in await fault(staffing.invite_again("李四", now=clock.now()))
    assert UNIT in await staffing.enable("李四", now=clock.now())
    with pytest.raises(Exception, match="登录已失效"):
        await actors.staff(session.claims, now=clock.now())
    assert CODE.match(await staffing.invite_again("李四", now=clock.now()))
    later = await sessions.start(Audience.STAFF, person.id, now=clock.now())
    assert (await actors.staff(later.claims, now=clock.now())).posts


async def test_a_post_ends_and_then_the_person_goes() -> None:
    await staffing.invite(
        "李四", [f"{UNIT}:clerk", f"{UNIT}:reviewer"], another=False, now=clock.now()
    )
    person = await Staff.get()
    await Staff.all().update(openid_hash="openid")

    assert "no longer holds" in await staffing.end("李四", f"{UNIT}:clerk", now=clock.now())
    assert "does not hold" in await fault(staffing.end("李四", f"{UNIT}:clerk", now=clock.now()))
    assert (await staffing.shown(now=clock.now())).endswith(
        f"在用 active, 已绑定 WeChat bound {UNIT}:reviewer"
    )
    assert "has left" in await staffing.end("李四", None, now=clock.now())
    assert (
        await staffing.shown(now=clock.now())
    ) == f"{person.id} 李四 离任 left, 未绑定 not bound"
    assert "no member of staff" in await fault(staffing.end(str(uuid4()), None, now=clock.now()))


async def test_who_has_left_stays_out_and_comes_back_as_a_new_member() -> None:
    await staffing.invite("李四", [f"{UNIT}:clerk"], another=False, now=clock.now())
    gone = await Staff.get()
    await staffing.end("李四", None, now=clock.now())
    left_at = (await Staff.get()).left_at

    for again in (
        staffing.enable("李四", now=clock.now()),
        staffing.invite_again("李四", now=clock.now()),
    ):
        told = await fault(again)
        assert "has left" in told
        assert "yikou staff invite" in told
    assert "has left" in await staffing.end("李四", None, now=clock.now())
    assert "has left" in await staffing.disable("李四", now=clock.now())
    kept = await Staff.get()
    assert (kept.active, kept.left_at) == (False, left_at)

    assert CODE.match(
        await staffing.invite("李四", [f"{UNIT}:clerk"], another=False, now=clock.now())
    )
    old, new = (await staffing.shown(now=clock.now())).splitlines()
    assert old == f"{gone.id} 李四 离任 left, 未绑定 not bound"
    assert "在用 active" in new
    assert "disabled" in await staffing.disable("李四", now=clock.now())
    assert "has left" in await fault(staffing.enable(str(gone.id), now=clock.now()))
    assert UNIT in await staffing.enable("李四", now=clock.now())


async def test_what_an_operator_does_is_in_the_access_log() -> None:
    await staffing.invite("李四", [f"{UNIT}:clerk"], another=False, now=clock.now())
    await staffing.disable("李四", now=clock.now())
    await staffing.enable("李四", now=clock.now())
    await staffing.end("李四", None, now=clock.now())

    rows = await AccessRecord.all().order_by("seq").values_list("actor", "action")
    acts = [action for actor, action in rows if actor == "operator"]
    assert acts == [
        "grant_post",
        "invite",
        "disable_staff",
        "enable_staff",
        "disable_staff",
        "end_post",
        "end_staff",
    ]


async def test_who_administers_is_given_no_other_post() -> None:
    both = [f"{UNIT}:clerk", f"{UNIT}:admin"]
    told = await fault(staffing.invite("李四", both, another=False, now=clock.now()))
    assert "no other post" in told
    assert not await Staff.exists()


async def test_a_second_factor_is_reset() -> None:
    await staffing.invite("李四", [f"{UNIT}:clerk"], another=False, now=clock.now())
    assert "no second factor" in await staffing.reset_factor("李四", now=clock.now())
    assert await AccessRecord.filter(actor="operator", action="reset_factor").count() == 1
