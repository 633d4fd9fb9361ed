"""An application that was begun is kept for its account, and goes when it is handed in."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.appointments.acts import booking
from backend.appointments.acts.wishes import Wish
from backend.appointments.rules.refusals import SlotFull
from backend.catalogue.refusals import FormInvalid, ItemUnknown
from backend.drafts import drafts, warning
from backend.drafts.drafts import Content, Draft
from backend.drafts.refusals import DraftNotFound, DraftStale, DraftsTooMany, DraftTooLarge
from backend.identity.actors import ResidentActor
from backend.identity.refusals import SessionEnded
from config import clock
from models import Delivery, Message, OrgUnit, Resident, Slot
from models import Draft as Row
from tests.backend.appointments.factories import a_slot, an_office
from tests.backend.cases.factories import COMMUNITY, ITEM, NOW, an_actor
from tests.backend.cases.test_submit import submit

RIVALS = 8
pytestmark = pytest.mark.usefixtures("city")


async def save(
    by: ResidentActor,
    draft_id: UUID,
    *,
    seen: int = 0,
    now: datetime = NOW,
    item: str = ITEM,
    **form: Any,
) -> Draft:
    content = Content(
        item_code=item, form=form, materials=[{"material_code": "id_card", "file_id": draft_id}]
    )
    return await drafts.save(draft_id, content, resident_id=by.id, seen=seen, now=now)


async def test_a_draft_is_kept_sealed_and_found_again() -> None:
    wang, draft = await an_actor(), uuid4()

    saved = await save(wang, draft, reason="收入低于")
    changed = await save(wang, draft, seen=1, now=NOW + timedelta(days=1), reason="收入低于标准")

    assert (saved["version"], changed["version"]) == (1, 2)
    assert changed["form"] == {"reason": "收入低于标准"}
    assert changed["materials"] == [{"material_code": "id_card", "file_id": draft}]
    assert changed["expires_at"] - changed["updated_at"] == drafts.KEPT
    assert await drafts.one(draft, wang.id, now=NOW) == changed
    listed = await drafts.of_resident(wang.id, now=NOW)
    assert [each["id"] for each in listed] == [draft]
    assert "收入".encode() not in bytes((await Row.get(id=draft)).content_sealed)


async def test_the_same_saved_again_is_the_draft_as_it_is() -> None:
    wang, draft = await an_actor(), uuid4()
    saved = await save(wang, draft, reason="a")

    assert await save(wang, draft, reason="a") == saved
    changed = await save(wang, draft, seen=1, reason="b")
    assert await save(wang, draft, seen=1, reason="b") == changed


async def test_who_did_not_see_the_newest_is_shown_it() -> None:
    wang, draft = await an_actor(), uuid4()
    await save(wang, draft, reason="a")
    newest = await save(wang, draft, seen=1, reason="b")

    for seen in (0, 1, 3):
        with pytest.raises(DraftStale) as refused:
            await save(wang, draft, seen=seen, reason="c")
        assert refused.value.stored == newest


async def test_anothers_draft_is_none() -> None:
    wang, li, draft = await an_actor(), await an_actor(), uuid4()
    await save(wang, draft, reason="a")

    for ask in (
        drafts.one(draft, li.id, now=NOW),
        drafts.delete(draft, li.id, now=NOW),
        save(li, draft, reason="b"),
        save(li, draft, seen=1, reason="b"),
    ):
        with pytest.raises(DraftNotFound):
            await ask
    assert await drafts.of_resident(li.id, now=NOW) == []
    assert (await drafts.one(draft, wang.id, now=NOW))["form"] == {"reason": "a"}


async def test_a_draft_that_is_gone_is_not_brought_back_by_an_old_phone() -> None:
    wang, draft = await an_actor(), uuid4()
    await save(wang, draft, reason="a")
    await drafts.delete(draft, wang.id, now=NOW)

    with pytest.raises(DraftNotFound):
        await save(wang, draft, seen=1, reason="b")
    with pytest.raises(DraftNotFound):
        await drafts.delete(draft, wang.id, now=NOW)


async def test_a_draft_expires_and_is_forgotten() -> None:
    wang, draft, other = await an_actor(), uuid4(), uuid4()
    await save(wang, draft, reason="a")
    later = NOW + drafts.KEPT
    await save(wang, other, now=NOW + timedelta(seconds=1), reason="b")

    with pytest.raises(DraftNotFound):
        await drafts.one(draft, wang.id, now=later)
    with pytest.raises(DraftNotFound):
        await save(wang, draft, seen=1, now=later, reason="c")
    assert [each["id"] for each in await drafts.of_resident(wang.id, now=later)] == [other]
    assert await drafts.forget(now=later) == 1
    assert [row.id for row in await Row.all()] == [other]


async def test_an_expired_draft_is_begun_anew() -> None:
    wang, draft = await an_actor(), uuid4()
    await save(wang, draft, reason="a")

    assert (await save(wang, draft, now=NOW + drafts.KEPT, reason="b"))["version"] == 1


async def test_a_draft_has_a_greatest_size_and_an_item() -> None:
    wang = await an_actor()

    with pytest.raises(DraftTooLarge):
        await save(wang, uuid4(), reason="x" * drafts.BYTES)
    with pytest.raises(ItemUnknown):
        await save(wang, uuid4(), item="SP-XX-999")
    await save(wang, uuid4(), reason="x" * (drafts.BYTES - 1000))


async def test_who_was_erased_begins_none() -> None:
    wang = await an_actor()
    await Resident.filter(id=wang.id).update(erased_at=NOW)

    with pytest.raises(SessionEnded):
        await save(wang, uuid4())


async def test_of_rivals_who_saw_one_version_one_saves() -> None:
    wang, draft = await an_actor(), uuid4()
    await save(wang, draft, reason="a")

    said = await asyncio.gather(
        *(save(wang, draft, seen=1, reason=str(rival)) for rival in range(RIVALS)),
        return_exceptions=True,
    )

    won = [one for one in said if isinstance(one, dict)]
    assert len(won) == 1
    assert [one.stored for one in said if isinstance(one, DraftStale)] == won * (RIVALS - 1)


async def test_of_rivals_who_begin_one_draft_one_begins_it() -> None:
    wang, draft = await an_actor(), uuid4()

    said = await asyncio.gather(
        *(save(wang, draft, reason=str(rival)) for rival in range(RIVALS)), return_exceptions=True
    )

    assert len([one for one in said if isinstance(one, dict)]) == 1
    assert len([one for one in said if isinstance(one, DraftStale)]) == RIVALS - 1


async def test_rivals_do_not_pass_the_most_drafts_of_an_account() -> None:
    wang = await an_actor()
    for _ in range(drafts.MOST - 1):
        await save(wang, uuid4())

    said = await asyncio.gather(
        *(save(wang, uuid4()) for _ in range(RIVALS)), return_exceptions=True
    )

    assert len([one for one in said if isinstance(one, DraftsTooMany)]) == RIVALS - 1
    assert await Row.filter(resident_id=wang.id).count() == drafts.MOST


async def test_a_draft_goes_with_its_submission_and_only_with_it() -> None:
    wang, li, draft, foreign = await an_actor(), await an_actor(), uuid4(), uuid4()
    await save(wang, draft, reason="a")
    await save(li, foreign, reason="a")

    with pytest.raises(FormInvalid):
        await submit(wang, form={}, draft_id=draft)
    assert await Row.filter(id=draft).exists()
    await submit(wang, draft_id=draft)
    await submit(li, draft_id=draft)

    assert [row.id for row in await Row.all()] == [foreign]


async def test_a_draft_goes_with_its_booking_and_only_with_it() -> None:
    wang, li, draft, foreign = await an_actor(), await an_actor(), uuid4(), uuid4()
    await save(wang, draft, reason="a")
    await save(li, foreign, reason="a")
    unit = await OrgUnit.get(code=COMMUNITY)
    full, slot = (
        await a_slot(await an_office(unit), capacity=0),
        await a_slot(await an_office(unit), capacity=2),
    )

    with pytest.raises(SlotFull):
        await book(full, wang, draft)
    assert await Row.filter(id=draft).exists()
    await book(slot, wang, draft)
    await book(slot, li, draft)

    assert [row.id for row in await Row.all()] == [foreign]


async def book(slot: Slot, by: ResidentActor, draft: UUID) -> None:
    await booking.book(
        slot.id,
        Wish(draft_id=draft),
        resident_id=by.id,
        now=clock.now(),
        render=lambda _: b"",
    )


async def test_rivals_warn_once_of_each_end_of_a_draft_two_days_before() -> None:
    wang, kept, saved, gone = await an_actor(), uuid4(), uuid4(), uuid4()
    for draft in (kept, saved, gone):
        await save(wang, draft)
    moment = NOW + drafts.KEPT - warning.BEFORE
    await drafts.delete(gone, wang.id, now=NOW)
    await save(wang, saved, seen=1, now=NOW + timedelta(days=1), reason="改过")

    assert await warning.warn(now=moment - timedelta(seconds=1)) == 0
    found = await asyncio.gather(*(warning.warn(now=moment) for _ in range(RIVALS)))

    assert sum(found) == 1
    told = await Message.get(kind="draft.expiring")
    copy = await Delivery.get(message=told)
    assert (copy.template, copy.page.split("&")[1]) == ("action_needed", f"draft={kept}")
    await save(wang, kept, seen=1, now=moment, reason="又改过")
    late = moment + warning.BEFORE - warning.LATE + timedelta(days=1)
    assert await warning.warn(now=late) == 0
    assert await warning.warn(now=late - timedelta(seconds=1)) == 1
