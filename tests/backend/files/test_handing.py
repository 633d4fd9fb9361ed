"""What staff or an agent scanned for somebody becomes that person's, once, or is refused whole."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from backend.files import handing, names
from backend.files.owners import Owner
from backend.files.refusals import FileUnknown
from config import clock
from models import Assurance, StoredFile, uuid7
from tests import stage
from tests.accounts import a_person, an_account
from tests.backend.cases.factories import staff
from tests.waiting import held_up

pytestmark = pytest.mark.usefixtures("city")


async def a_scan(by: UUID, name: str = "材料.jpg", **owner: Any) -> UUID:
    """A file of this member of staff, or of whom is named instead."""
    file_id = uuid7()
    await StoredFile.create(
        id=file_id,
        **(owner or {"staff_id": by}),
        key=file_id.hex,
        name_sealed=names.sealed_name(file_id, name),
        name_hash=names.hashed(by, name),
        media_type="image/jpeg",
        size=1,
        sha256=file_id.hex,
        created_at=clock.now(),
    )
    return file_id


async def handed(files: list[UUID], *, by: UUID, person: UUID) -> None:
    async with in_transaction():
        await handing.hand_over(files, giver=Owner("staff", by), person_id=person)


async def owners(files: list[UUID]) -> list[tuple[UUID | None, UUID | None]]:
    rows = {row.id: row for row in await StoredFile.filter(id__in=files)}
    return [(rows[each].staff_id, rows[each].person_id) for each in files]


async def test_what_was_scanned_for_a_person_is_theirs_and_found_by_its_name() -> None:
    clerk, person = (await staff()).id, (await a_person()).id
    scanned = [await a_scan(clerk, "户口簿.jpg"), await a_scan(clerk)]
    theirs = await a_scan(clerk, person_id=person)

    await handed([*scanned, theirs], by=clerk, person=person)

    assert await owners([*scanned, theirs]) == [(None, person)] * 3
    found = await StoredFile.get(id=scanned[0])
    assert found.name_hash == names.hashed(person, "户口簿.jpg")
    assert names.of(found) == "户口簿.jpg"
    # Once more it changes nothing.
    await handed(scanned, by=clerk, person=person)


async def test_what_an_account_of_theirs_has_stays_the_accounts() -> None:
    clerk, person = (await staff()).id, await a_person()
    account = await an_account(person_id=person.id, assurance=Assurance.REAL_NAME)
    theirs = await a_scan(clerk, resident_id=account.id)

    await handed([theirs], by=clerk, person=person.id)

    assert (await StoredFile.get(id=theirs).values("resident_id")) == {"resident_id": account.id}


async def test_with_one_file_that_is_anothers_none_is_handed_over() -> None:
    clerk, colleague, person = (await staff()).id, (await staff()).id, (await a_person()).id
    own = await a_scan(clerk)
    others = [
        await a_scan(colleague),
        await a_scan(clerk, person_id=(await a_person()).id),
        await a_scan(clerk, resident_id=(await an_account()).id),
        uuid7(),
    ]

    for other in others:
        with pytest.raises(FileUnknown):
            await handed([own, other], by=clerk, person=person)

    assert await owners([own]) == [(clerk, None)]


async def test_a_file_that_is_just_being_swept_is_waited_for_and_refused() -> None:
    clerk, person = (await staff()).id, (await a_person()).id
    scan = await a_scan(clerk)

    async with stage.owner() as rival, asyncio.TaskGroup() as tasks:
        async with rival.transaction():
            await rival.execute("DELETE FROM stored_file WHERE id = $1", scan)
            handing_in = tasks.create_task(refused([scan], by=clerk, person=person))
            await held_up(rival)
        assert await handing_in


async def refused(files: list[UUID], *, by: UUID, person: UUID) -> bool:
    try:
        await handed(files, by=by, person=person)
    except FileUnknown:
        return True
    return False
