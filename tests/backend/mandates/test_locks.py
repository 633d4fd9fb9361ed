"""A mandate ends once, and not while something is done under it; seen to fail without its locks."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from backend.identity.actors import ResidentActor
from backend.mandates import acting, giving
from backend.mandates.refusals import MandateMissing
from backend.window import mandates as at_window
from config import clock
from models import AccessRecord, Message, Right, Role
from models import Mandate as Row
from tests import stage
from tests.backend.appointments.rivals import outcomes
from tests.backend.cases.factories import COMMUNITY, ITEM, an_actor, staff
from tests.backend.mandates.people import a_mandate, terms, with_phone
from tests.waiting import blocked

pytestmark = pytest.mark.usefixtures("city")
RIVALS = 12


async def told(kind: str) -> int:
    return await Message.filter(kind=f"mandate.{kind}").count()


async def test_of_rivals_on_both_sides_one_ends_it_and_the_other_is_told_once() -> None:
    for turn in range(2):
        principal, (agent, phone) = await an_actor(), await with_phone()
        mandate = await a_mandate(principal, agent, phone)

        sides = [principal, agent] * (RIVALS // 2)
        found = await outcomes(giving.revoke(mandate.id, by=by, now=clock.now()) for by in sides)

        assert found == {"done": RIVALS}
        assert await told("revoke") == turn + 1
        assert await AccessRecord.filter(action="revoke_mandate").count() == turn + 1


async def test_of_rival_windows_one_ends_it_and_each_side_is_told_once() -> None:
    clerk = await staff((COMMUNITY, Role.CLERK))
    for turn in range(2):
        principal, (agent, phone) = await an_actor(), await with_phone()
        mandate = await a_mandate(principal, agent, phone)

        found = await outcomes(
            at_window.revoke(mandate.id, unit_code=None, by=clerk, now=clock.now())
            for _ in range(RIVALS)
        )

        assert found == {"done": RIVALS}
        assert await told("revoke_at_window") == 2 * (turn + 1)


async def waits_for(act: Callable[[], Awaitable[object]], mandate: UUID, by: ResidentActor) -> None:
    """Revoke while this is done under it in a transaction that goes on until somebody waits."""
    begun, end = asyncio.Event(), asyncio.Event()

    async def acts() -> None:
        async with in_transaction():
            await act()
            begun.set()
            await end.wait()

    async with stage.owner() as watching, asyncio.TaskGroup() as tasks:
        tasks.create_task(acts())
        await begun.wait()
        revoking = tasks.create_task(giving.revoke(mandate, by=by, now=clock.now()))
        await blocked(watching, 1, unless=revoking)
        ended = revoking.done()
        end.set()
    assert not ended


async def test_who_takes_a_mandate_back_waits_for_what_a_unit_is_doing_under_it() -> None:
    principal = await an_actor()
    mandate, _ = await giving.give(terms(unit_code=COMMUNITY), by=principal, now=clock.now())
    assert principal.person_id
    act = partial(
        acting.by_unit,
        mandate.id,
        unit_code=COMMUNITY,
        principal_id=principal.person_id,
        item_code=ITEM,
        now=clock.now(),
    )

    await waits_for(act, mandate.id, principal)

    async with in_transaction():
        with pytest.raises(MandateMissing, match="已被撤销"):
            await act()


async def test_who_takes_a_mandate_back_waits_for_what_an_agent_is_doing_under_it() -> None:
    principal, (agent, phone) = await an_actor(), await with_phone()
    mandate = await a_mandate(principal, agent, phone)
    act = partial(acting.on_behalf, mandate.id, by=agent, right=Right.SUBMIT, now=clock.now())

    await waits_for(act, mandate.id, principal)

    with pytest.raises(MandateMissing):
        await act()


async def test_rival_acts_under_one_mandate_wait_for_nobody() -> None:
    principal, (agent, phone) = await an_actor(), await with_phone()
    mandate = await a_mandate(principal, agent, phone)
    together = asyncio.Barrier(8)

    async def one() -> None:
        async with in_transaction():
            await acting.on_behalf(
                mandate.id, by=agent, right=Right.SUBMIT, item_code=ITEM, now=clock.now()
            )
            # All hold it at once, or none goes on.
            await together.wait()

    async with asyncio.timeout(30):
        assert await outcomes(one() for _ in range(8)) == {"done": 8}
    assert await Row.filter(id=mandate.id, revoked_at=None).count() == 1
