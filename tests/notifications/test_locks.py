"""Copies that two change at once: who waits, who passes over, and what is true afterwards."""

import asyncio
from uuid import UUID

from backend.cases.acts import review
from config import clock
from models import CaseStatus, Channel, Delivery, DeliveryStatus, Resident, Role
from notifications.channels import attempts
from notifications.channels.attempts import Claimed
from notifications.channels.wechat import statements
from notifications.channels.wechat.confirmations import confirm
from notifications.sending.claims import claim
from notifications.sending.results import record
from tests import stage
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, staff
from tests.notifications.factories import a_credit, a_delivery, a_resident
from tests.waiting import blocked, held_up

MSGID = "2589480923856076802"


async def status(delivery_id: UUID) -> DeliveryStatus:
    return (await Delivery.get(id=delivery_id)).status


async def in_flight() -> tuple[Resident, Claimed]:
    resident = await a_resident()
    await a_credit(resident)
    await a_delivery(resident)
    (claimed,), _ = await claim(Channel.WECHAT, 1, lease_seconds=60)
    return resident, claimed


async def test_a_claim_passes_over_a_copy_that_is_just_being_dropped(database: None) -> None:
    resident = await a_resident()
    await a_credit(resident, grants=2)
    going, staying = [await a_delivery(resident), await a_delivery(await a_resident())]
    await a_credit(await Resident.get(id=staying.resident_id))

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute(
                "UPDATE delivery SET status = 'dropped', reason = 'superseded' WHERE id = $1",
                going.id,
            )
            claiming = tasks.create_task(claim(Channel.WECHAT, 9, lease_seconds=60))
            await blocked(rival, 1, unless=claiming)
            assert claiming.done()
        claimed, _ = await claiming

    assert [each.id for each in claimed] == [staying.id]
    assert await status(going.id) is DeliveryStatus.DROPPED


async def test_an_answer_waits_for_the_event_that_overtakes_it(database: None) -> None:
    resident, claimed = await in_flight()
    told = [MSGID, resident.id, "case_progress", None, None, clock.now()]

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            assert await rival.fetch(statements.CONFIRM, *told)
            answering = tasks.create_task(record([attempts.sent(claimed, MSGID)]))
            await held_up(rival)
        assert await answering == {claimed.id: DeliveryStatus.DELIVERED}

    assert await status(claimed.id) is DeliveryStatus.DELIVERED


async def test_an_event_says_nothing_of_a_copy_that_was_given_up_meanwhile(database: None) -> None:
    resident, claimed = await in_flight()
    await record([attempts.doubtful(claimed, "没有答复", doubt=15)])

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute("UPDATE delivery SET status = 'failed' WHERE id = $1", claimed.id)
            telling = tasks.create_task(
                confirm(resident.id, "case_progress", msgid=MSGID, errcode=None, now=clock.now())
            )
            await held_up(rival)
        assert await telling is None

    assert await status(claimed.id) is DeliveryStatus.FAILED


async def test_who_tells_more_neither_waits_for_a_copy_that_goes_out_nor_drops_it(
    city: None,
) -> None:
    case = await a_case(CaseStatus.ACCEPTED)
    copy = await Delivery.get(message__case_id=case.id, message__kind="case.accept")
    await Delivery.filter(id=copy.id).update(status=DeliveryStatus.WAITING_CREDIT)
    clerk = await staff((COMMUNITY, Role.CLERK))

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute("UPDATE delivery SET status = 'sending' WHERE id = $1", copy.id)
            passing = tasks.create_task(
                review.pass_step(case.id, by=clerk, seen=case.version, now=NOW, opinion="同意")
            )
            await blocked(rival, 1, unless=passing)
            assert passing.done()
        await passing

    assert await status(copy.id) is DeliveryStatus.SENDING
