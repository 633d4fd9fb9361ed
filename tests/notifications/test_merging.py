"""Of a burst about one case the phone gets one message, the inbox each."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tortoise import timezone
from tortoise.transactions import in_transaction

from config.database import connection
from config.settings import settings
from models import Delivery, DeliveryStatus, DropReason, Importance, Message, Resident
from notifications.telling import messages, outbox
from notifications.telling.outgoing import Outgoing
from tests.notifications.factories import a_resident, an_outgoing

ACT, RESULT, INFO, ECHO = Importance
RIVALS = 8
LOCK = "SELECT id FROM resident WHERE id = $1 FOR UPDATE"

pytestmark = pytest.mark.usefixtures("database")


def of(
    resident: Resident,
    about: UUID,
    importance: Importance = INFO,
    *,
    held: bool = True,
    template: str = "case_progress",
) -> Outgoing:
    message = an_outgoing(resident, template=template)
    until = timezone.now() + timedelta(minutes=10) if held else None
    return replace(message, importance=importance, appointment_id=about, held_until=until)


async def tell(message: Outgoing, *, ends: tuple[Importance, ...] = ()) -> None:
    """As an act does, which has locked what it tells of; here the recipient stands for it."""
    async with in_transaction():
        await connection().execute_query_dict(LOCK, [message.to.columns["resident_id"]])
        await outbox.enqueue(replace(message, ends=frozenset(ends)))


async def found(resident: Resident) -> list[tuple[Importance, str]]:
    """What became of the copies, in their order."""
    copies = await Delivery.filter(resident=resident).order_by("id").prefetch_related("message")
    return [(each.message.importance, each.reason or each.status) for each in copies]


async def test_rivals_leave_one_copy_which_took_all_others_along() -> None:
    wang, about = await a_resident(), uuid4()
    await asyncio.gather(*(tell(of(wang, about)) for _ in range(RIVALS)))

    copies = {each.id: each for each in await Delivery.all()}
    going = [each for each in copies.values() if each.status is DeliveryStatus.PENDING]
    assert len(going) == 1
    assert await Message.all().count() == RIVALS
    for each in copies.values():
        while each.merged_into_id:
            assert (each.status, each.reason) == (DeliveryStatus.DROPPED, DropReason.MERGED)
            each = copies[each.merged_into_id]  # noqa: PLW2901 - along the chain
        assert each.id == going[0].id
    assert going[0].held_until == min(filter(None, (each.held_until for each in copies.values())))


@pytest.mark.parametrize(
    ("first", "then", "merged"),
    [
        *((INFO, INFO, True), (INFO, ACT, True), (INFO, RESULT, True), (RESULT, RESULT, True)),
        *((RESULT, INFO, False), (RESULT, ACT, False), (ACT, INFO, False), (ACT, ACT, False)),
        (ACT, RESULT, False),
    ],
)
async def test_nothing_that_matters_more_is_merged_away(
    first: Importance, then: Importance, *, merged: bool
) -> None:
    wang, about = await a_resident(), uuid4()
    await tell(of(wang, about, first))
    await tell(of(wang, about, then, held=False))
    assert await found(wang) == [(first, "merged" if merged else "pending"), (then, "pending")]


async def test_other_cases_other_people_and_what_is_under_way_are_left_alone() -> None:
    wang, li, about = await a_resident(), await a_resident(), uuid4()
    for message in (of(wang, uuid4()), of(li, about), of(wang, about, held=False)):
        await tell(message)
    await tell(of(wang, about))
    await tell(of(wang, about, RESULT, template="action_needed"))
    await tell(of(wang, about, RESULT))

    assert await found(wang) == [
        *((INFO, "pending"), (INFO, "pending"), (INFO, "merged")),
        *((RESULT, "pending"), (RESULT, "pending")),
    ]
    assert await found(li) == [(INFO, "pending")]


async def test_who_acted_is_not_told_of_what_was_before() -> None:
    wang, about = await a_resident(), uuid4()
    await tell(of(wang, about, ACT))
    own = replace(of(wang, about, ECHO), copy=None, dropped=DropReason.ECHO, held_until=None)
    await tell(own, ends=(ACT, INFO))
    assert await found(wang) == [(ACT, "superseded"), (ECHO, "echo")]


def test_only_news_waits_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    monkeypatch.setitem(settings().__dict__, "merge_seconds", 5)
    waits = {each: messages._burst(each, now) for each in Importance}  # noqa: SLF001 - as it is
    assert waits == {ACT: None, RESULT: None, INFO: now + timedelta(seconds=5), ECHO: None}
