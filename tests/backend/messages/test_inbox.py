"""An inbox: whose it is, in which order, in parts, read and unread, forgotten."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.identity.actors import PostView, StaffActor
from backend.messages import operations, queries
from backend.messages.refusals import MessageNotFound, TemplateUnknown
from config import clock
from models import (
    Channel,
    CreditEntry,
    Delivery,
    DeliveryStatus,
    DropReason,
    Importance,
    Message,
    MessageRead,
    Role,
    Staff,
    UnitLevel,
    uuid7,
)
from notifications.channels.wechat import credit
from notifications.channels.wechat.templates import templates
from notifications.telling import outbox, recipients
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import Recipient
from tests.accounts import an_account
from tests.notifications.factories import a_delivery, a_resident

pytestmark = pytest.mark.usefixtures("city")
COMMUNITY, ELSEWHERE = "210102001001", "210103005001"
NOW = clock.now()


async def tell(to: Recipient, kind: str, **more: Any) -> UUID:
    """A message of its own kind, which tells the messages of a test apart; its id."""
    told: dict[str, Any] = {
        "importance": Importance.INFO,
        "wording": "0",
        "title": "办件进展",
        "at": NOW,
    } | more
    await outbox.enqueue(Outgoing(to=to, kind=kind, body=f"关于{kind}", **told))
    return (await Message.get(kind=kind)).id


async def a_clerk(*posts: tuple[str, Role], since: Any = NOW) -> StaffActor:
    made = await Staff.create(id=uuid7(), name_sealed=b"", created_at=NOW)
    held = tuple(
        PostView(role, unit, "", UnitLevel.COMMUNITY, unit, None, since) for unit, role in posts
    )
    return StaffActor(made.id, uuid7(), held)


async def kinds(resident_id: UUID, **asked: Any) -> list[str]:
    found = await queries.list_of_resident(resident_id, **{"limit": 100} | asked)
    return [message.kind for message in found]


async def test_a_resident_reads_their_own_last_first_and_in_parts() -> None:
    wang, li = await an_account(), await an_account()
    ids = [await tell(recipients.Resident(wang.id), f"k{number}") for number in range(5)]
    await tell(recipients.Resident(li.id), "other")
    order = [f"k{each}" for each in sorted(range(5), key=lambda each: ids[each], reverse=True)]

    assert await kinds(wang.id) == order
    assert await kinds(wang.id, limit=2) == order[:2]
    assert await kinds(wang.id, limit=2, before=ids[int(order[1][1])]) == order[2:4]
    assert await kinds(wang.id, before=ids[int(order[-1][1])]) == []
    assert await kinds(li.id) == ["other"]
    assert await kinds(uuid7()) == []
    assert [await queries.unread_of_resident(each) for each in (wang.id, li.id)] == [5, 1]


async def test_what_is_read_is_read_once_and_by_nobody_else() -> None:
    wang, li = await an_account(), await an_account()
    first = await tell(recipients.Resident(wang.id), "first")
    await tell(recipients.Resident(wang.id), "second")

    for message_id, who in ((first, li.id), (uuid7(), wang.id), (first, uuid7())):
        with pytest.raises(MessageNotFound):
            await operations.read(message_id, resident_id=who, now=NOW)
    for later in (1, 2):
        at = NOW + timedelta(minutes=later)
        await operations.read(first, resident_id=wang.id, now=at)

    assert (await Message.get(id=first)).read_at == NOW + timedelta(minutes=1)
    assert await kinds(wang.id, unread=True) == ["second"]
    assert sorted(await kinds(wang.id)) == ["first", "second"]
    assert await queries.unread_of_resident(wang.id) == 1


async def test_a_message_is_shown_with_what_became_of_its_copy() -> None:
    sent_at = NOW + timedelta(minutes=1)
    resident = await a_resident()
    delivery = await a_delivery(resident, status=DeliveryStatus.SENT, sent_at=sent_at)
    [message] = await queries.list_of_resident(resident.id, limit=9)
    stored = await Message.get(id=message.id)

    assert message[:6] == (
        *(stored.id, "case.accept", Importance.RESULT),
        *("申请已受理", stored.body, stored.created_at),
    )
    assert message[6:9] == (None, None, None)
    [copy] = message.deliveries
    assert (copy.channel, copy.status, copy.reason, copy.at) == (
        *(Channel.WECHAT, DeliveryStatus.SENT, None, sent_at),
    )

    waits = {"status": DeliveryStatus.DROPPED, "reason": DropReason.KEPT, "sent_at": None}
    await Delivery.filter(id=delivery.id).update(**waits)
    await Message.filter(id=stored.id).update(importance=None, read_at=sent_at)
    [again] = await queries.list_of_resident(resident.id, limit=9)
    [copy] = again.deliveries
    assert (copy.channel, copy.status, copy.reason, copy.at) == (
        *(Channel.WECHAT, DeliveryStatus.DROPPED, DropReason.KEPT, delivery.created_at),
    )
    assert (again.importance, again.read_at) == (None, sent_at)


async def test_a_copy_told_nowhere_else_says_why() -> None:
    wang = await an_account()
    await tell(recipients.Resident(wang.id), "echo", dropped=DropReason.ECHO)
    await tell(recipients.Resident(wang.id), "plain")
    found = {each.kind: each for each in await queries.list_of_resident(wang.id, limit=9)}
    assert [(each.status, each.reason) for each in found["echo"].deliveries] == [
        (DeliveryStatus.DROPPED, DropReason.ECHO)
    ]
    assert found["plain"].deliveries == []


async def test_staff_hear_what_their_posts_and_they_alone_were_told() -> None:
    clerk = await a_clerk((COMMUNITY, Role.CLERK), (ELSEWHERE, Role.REVIEWER))
    other = await a_clerk((COMMUNITY, Role.REVIEWER), (ELSEWHERE, Role.CLERK))
    for place in (COMMUNITY, ELSEWHERE):
        for role in (Role.CLERK, Role.REVIEWER):
            await tell(recipients.UnitRole(place, role), f"{place}:{role}")
    await tell(recipients.Staff(clerk.id), "alone")
    await tell(recipients.UnitRole(COMMUNITY, Role.CLERK), "own", by_staff_id=clerk.id)

    async def told(by: StaffActor, **asked: Any) -> set[str]:
        return {each.kind for each in await queries.list_of_staff(by, **{"limit": 9} | asked)}

    mine = {f"{COMMUNITY}:clerk", f"{ELSEWHERE}:reviewer", "alone"}
    assert await told(clerk) == mine
    assert await told(other) == {f"{COMMUNITY}:reviewer", f"{ELSEWHERE}:clerk"}
    assert await told(await a_clerk()) == set()
    assert await queries.unread_of_staff(clerk) == 3
    first, *rest = await queries.list_of_staff(clerk, limit=9)
    assert [each.id for each in (first, *rest)] == sorted(
        (each.id for each in (first, *rest)), reverse=True
    )
    assert await told(clerk, before=first.id) == {each.kind for each in rest}
    assert await told(clerk, limit=1) == {first.kind}


@pytest.mark.parametrize("spare", [False, True])
async def test_a_post_given_later_does_not_tell_what_was_said_before(*, spare: bool) -> None:
    """Of one post held twice the first counts."""
    await tell(recipients.UnitRole(COMMUNITY, Role.CLERK), "before", at=NOW - timedelta(days=1))
    await tell(recipients.UnitRole(COMMUNITY, Role.CLERK), "just", at=NOW)
    clerk = await a_clerk((COMMUNITY, Role.CLERK))
    if spare:
        late = await a_clerk((COMMUNITY, Role.CLERK), since=NOW + timedelta(days=1))
        clerk = StaffActor(clerk.id, clerk.session_id, (*late.posts, *clerk.posts, *late.posts))

    assert [each.kind for each in await queries.list_of_staff(clerk, limit=9)] == ["just"]
    assert await queries.unread_of_staff(clerk) == 1


async def test_each_of_the_staff_reads_for_themselves_and_once() -> None:
    clerk, colleague = [await a_clerk((COMMUNITY, Role.CLERK)) for _ in range(2)]
    told = await tell(recipients.UnitRole(COMMUNITY, Role.CLERK), "told")
    alone = await tell(recipients.Staff(clerk.id), "alone")
    for message_id, by in ((alone, colleague), (uuid7(), clerk), (told, await a_clerk())):
        with pytest.raises(MessageNotFound):
            await operations.read_by_staff(message_id, by=by, now=NOW)

    for later in (1, 2):
        at = NOW + timedelta(minutes=later)
        await operations.read_by_staff(told, by=clerk, now=at)

    (read,) = await MessageRead.all()
    assert (read.created_at, read.staff_id) == (NOW + timedelta(minutes=1), clerk.id)  # type: ignore[attr-defined]
    assert [each.kind for each in await queries.list_of_staff(clerk, unread=True, limit=9)] == [
        "alone"
    ]
    shown = {each.kind: each.read_at for each in await queries.list_of_staff(clerk, limit=9)}
    assert shown == {"told": NOW + timedelta(minutes=1), "alone": None}
    [unread] = await queries.list_of_staff(colleague, limit=9)
    assert unread.read_at is None
    assert [await queries.unread_of_staff(each) for each in (clerk, colleague)] == [1, 1]
    assert (await Message.get(id=told)).read_at is None


async def test_what_staff_were_told_is_forgotten_after_a_month_and_residents_keep_theirs() -> None:
    wang, clerk = await an_account(), await a_clerk((COMMUNITY, Role.CLERK))
    old, kept = NOW - timedelta(days=30, seconds=1), NOW - timedelta(days=30)
    for kind, at in (("old", old), ("kept", kept)):
        await tell(recipients.Staff(clerk.id), f"{kind}-alone", at=at)
        await tell(recipients.UnitRole(COMMUNITY, Role.CLERK), f"{kind}-post", at=at)
        await tell(recipients.Resident(wang.id), f"{kind}-resident", at=at)
    await operations.read_by_staff(
        (await Message.get(kind="old-alone")).id, by=clerk, now=NOW - timedelta(days=20)
    )

    assert await operations.forget(now=NOW) == 2
    left = {message.kind for message in await Message.all()}
    assert left == {"kept-alone", "kept-post", "old-resident", "kept-resident"}
    assert await MessageRead.all().count() == 0
    assert await operations.forget(now=NOW) == 0


async def test_only_what_was_accepted_counts_and_each_template_once() -> None:
    wang = await an_account()
    known = {name: template.id for name, template in templates().items()}
    answers = {
        known["case_progress"]: "accept",
        known["action_needed"]: "acceptWithAudio",
        known["appointment"]: "reject",
    }
    await operations.subscribe(answers, resident_id=wang.id, now=NOW)
    await operations.subscribe({}, resident_id=wang.id, now=NOW)
    await operations.subscribe({known["appointment"]: "ban"}, resident_id=wang.id, now=NOW)

    assert await credit.balances(wang.id) == {"case_progress": 1, "action_needed": 1}
    assert {entry.kind for entry in await CreditEntry.all()} == {"hint"}


async def test_an_unknown_template_is_named_and_nothing_is_counted() -> None:
    wang = await an_account()
    answers = {templates()["case_progress"].id: "accept", "zz": "accept", "aa": "reject"}
    with pytest.raises(TemplateUnknown) as refused:
        await operations.subscribe(answers, resident_id=wang.id, now=NOW)

    assert [param.name for param in refused.value.invalid_params] == ["results.aa", "results.zz"]
    assert await credit.balances(wang.id) == {}
