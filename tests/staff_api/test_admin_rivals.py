"""Administrators who act at once on the same staff: one of them wins."""

import asyncio

import pytest

from backend.administration import acts
from backend.administration.acts import Seen
from backend.audit import OPERATOR
from backend.errors import ServiceError
from backend.identity import actors, posts, sessions, staff
from backend.identity.actors import StaffActor
from config import clock
from models import Audience, Role, Staff
from tests.staff_api.administering import CITY, COMMUNITY, DISTRICT, STREET

RIVALS = 8


async def acting(unit: str, number: int) -> tuple[StaffActor, Seen]:
    made = await staff.create("赵管理", posts=[(unit, Role.ADMIN)], now=clock.now())
    await Staff.filter(id=made).update(openid_hash=f"account-{number}-{made}")
    granted = await sessions.start(Audience.STAFF, made, now=clock.now())
    by = await actors.staff(granted.claims, now=clock.now())
    return by, Seen(made, (await Staff.get(id=made)).version)


async def test_of_administrators_who_all_go_at_once_one_stays(city: None) -> None:
    for _ in range(2):
        rivals = [await acting(STREET, number) for number in range(RIVALS)]

        answers = await asyncio.gather(
            *(acts.disable(by, seen, now=clock.now()) for by, seen in rivals),
            return_exceptions=True,
        )

        refused = [each.code for each in answers if isinstance(each, ServiceError)]
        assert refused == ["last_admin"]
        assert await Staff.filter(active=True).count() == 1
        await Staff.all().update(active=False)


async def test_of_rivals_with_one_version_one_acts(city: None) -> None:
    by, _ = await acting(STREET, 1)
    made = await staff.create("李四", posts=[(COMMUNITY, Role.CLERK)], now=clock.now())
    seen = Seen(made, (await Staff.get(id=made)).version)

    answers = await asyncio.gather(
        *(acts.invite_again(by, seen, now=clock.now()) for _ in range(RIVALS)),
        return_exceptions=True,
    )

    assert sum(isinstance(each, str) for each in answers) == 1
    refused = {each.code for each in answers if isinstance(each, ServiceError)}
    assert refused == {"version_stale"}


async def test_what_was_taken_away_meanwhile_is_not_used(city: None) -> None:
    by, seen = await acting(STREET, 1)
    await staff.disable(by.id, now=clock.now())
    with pytest.raises(ServiceError) as refused:
        await acts.invite(by, "王新", [(COMMUNITY, Role.CLERK)], another=True, now=clock.now())
    assert refused.value.code == "session_ended"
    assert seen.staff_id == by.id


async def test_of_rivals_who_give_apart_posts_to_one_person_one_kind_wins(city: None) -> None:
    for _ in range(2):
        made = await staff.create("李四", posts=[], now=clock.now())
        units = (CITY, DISTRICT, STREET, COMMUNITY)
        wanted = [(unit, role) for unit in units for role in (Role.CLERK, Role.ADMIN)]

        await asyncio.gather(
            *(posts.grant(made, [post], by=OPERATOR, now=clock.now()) for post in wanted),
            return_exceptions=True,
        )

        held = {role for _, role in await posts.held(made, on=clock.city_day(clock.now()))}
        assert len(held) == 1
