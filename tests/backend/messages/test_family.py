"""Who is named as family hears that something goes on, by consent of both, and nothing of what."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise.transactions import in_transaction

from backend.erasure.statements import STEPS
from backend.errors import ServiceError
from backend.identity.actors import ResidentActor
from backend.mandates import codes
from backend.messages import family, planning
from backend.messages.family import FamilyState
from backend.messages.planning import Purpose
from config import clock
from config.database import connection
from models import Delivery, FamilyCopy, Importance, Message, Resident
from notifications.telling import outbox
from tests.backend.cases.factories import an_actor
from tests.backend.mandates.people import with_phone
from tests.notifications.factories import an_outgoing

pytestmark = pytest.mark.usefixtures("city")
RIVALS = 8
ACT, RESULT, INFO, _ = Importance


async def refused(asked: Any) -> str:
    with pytest.raises(ServiceError) as refusal:
        await asked
    return refusal.value.code


async def a_family() -> tuple[ResidentActor, ResidentActor, UUID]:
    """Somebody, whom they named, and their family copy."""
    principal, (relative, phone) = await an_actor(), await with_phone()
    _, code = await family.name(phone, by=principal, now=clock.now())
    found = await family.accept(code, by=relative, now=clock.now())
    return principal, relative, found.id


async def tell(to: ResidentActor, importance: Importance, *, wait: float = 0) -> None:
    """As an act does of a case or an appointment; which one it is does not count."""
    message = an_outgoing(await Resident.get(id=to.id))
    message = replace(message, importance=importance, appointment_id=uuid4())
    async with in_transaction():
        await outbox.enqueue(message)
        await asyncio.sleep(wait)


async def heard(by: ResidentActor) -> list[str]:
    return [each.kind for each in await Message.filter(resident_id=by.id).order_by("id")]


async def test_a_relative_hears_that_something_goes_on_and_nothing_of_what() -> None:
    principal, relative, _ = await a_family()

    planned = await planning.plan(relative.id, Purpose.VIEW, item=None)
    for importance in (ACT, RESULT, INFO):
        await tell(principal, importance)

    assert [(each.template.name, each.ask) for each in planned] == [("case_progress", True)]

    assert await heard(relative) == ["family.progress"] * 2
    assert "family.accept" in await heard(principal)
    copy = await Delivery.filter(resident_id=relative.id).first().prefetch_related("message")
    assert copy
    message = copy.message
    assert message.body == "您的家人有一件事项有进展，请提醒其查看。"
    assert (message.case_id, message.appointment_id) == (None, None)  # type: ignore[attr-defined]
    assert (copy.page, copy.data["thing1"], copy.data["character_string2"]) == (
        *("", "家人的事项"),
        "-",
    )


async def test_the_code_alone_of_that_phone_makes_one_and_rivals_make_one() -> None:
    principal, (relative, phone), other = await an_actor(), await with_phone(), await with_phone()
    waiting, code = await family.name(phone, by=principal, now=clock.now())
    wrong = "000000" if code != "000000" else "000001"

    for tried, by in ((code, other[0]), (wrong, relative)):
        assert await refused(family.accept(tried, by=by, now=clock.now())) == "family_code_refused"
    found = await asyncio.gather(
        *(family.accept(code, by=relative, now=clock.now()) for _ in range(RIVALS))
    )
    named, _ = await family.of_account(principal.id)
    _, followed = await family.of_account(relative.id)

    assert waiting.state(clock.now()) is FamilyState.WAITING
    assert {each.id for each in (*found, *named, *followed)} == {waiting.id}
    assert named[0].state(clock.now()) is FamilyState.ACTIVE
    assert (named[0].relative_masked, followed[0].principal_masked) == ("王*英", "王*英")
    assert (await heard(principal)).count("family.accept") == 1


async def test_a_code_is_tried_five_times_and_lasts_half_an_hour() -> None:
    principal, (relative, phone) = await an_actor(), await with_phone()
    _, code = await family.name(phone, by=principal, now=clock.now())
    late = clock.now() + codes.LASTS
    assert await refused(family.accept(code, by=relative, now=late)) == "family_code_refused"
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(codes.TRIES):
        await refused(family.accept(wrong, by=relative, now=clock.now()))
    assert await refused(family.accept(code, by=relative, now=clock.now())) == "family_code_refused"


async def test_of_rivals_who_name_many_as_many_as_may_be_are_named() -> None:
    principal, own = await with_phone()
    people = [await with_phone() for _ in range(RIVALS)]
    asked = (family.name(phone, by=principal, now=clock.now()) for _, phone in people)

    found = await asyncio.gather(*asked, return_exceptions=True)

    refusals = [each.code for each in found if isinstance(each, ServiceError)]
    assert refusals == ["family_too_many"] * (RIVALS - family.MOST)
    assert await FamilyCopy.filter(principal_id=principal.id).count() == family.MOST
    assert await refused(family.name(own, by=principal, now=clock.now())) == "family_is_oneself"


@pytest.mark.parametrize("side", [0, 1])
async def test_once_it_ended_rivals_tell_nobody_of_anything(side: int) -> None:
    *sides, copy_id = await a_family()
    relative = sides[1]
    async with asyncio.TaskGroup() as telling:
        for _ in range(RIVALS):
            telling.create_task(tell(sides[0], RESULT, wait=0.05))
        await asyncio.sleep(0.02)
        ended = await family.end(copy_id, by=sides[side], now=clock.now())
        told = (await heard(relative)).count("family.progress")
    await tell(sides[0], RESULT)

    assert ended.state(clock.now()) is FamilyState.ENDED
    assert (await heard(relative)).count("family.progress") == told
    assert (await heard(sides[1 - side])).count("family.end") == 1
    assert await family.end(copy_id, by=sides[1 - side], now=clock.now()) == ended
    stranger = await an_actor()
    assert await refused(family.end(copy_id, by=stranger, now=clock.now())) == (
        "family_copy_not_found"
    )


@pytest.mark.parametrize("side", [0, 1])
async def test_it_goes_with_the_account_of_either_side(side: int) -> None:
    *sides, _ = await a_family()
    await connection().execute_query_dict(STEPS["family copies"], [sides[side].id])
    await tell(sides[0], ACT)
    assert await FamilyCopy.all().count() == 0
    assert "family.progress" not in await heard(sides[1])
