"""Files that the sweep deletes at the moment they are handed in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from tortoise import timezone

from backend.cases.acts import supplement
from backend.drafts import drafts
from backend.drafts.drafts import Content, DraftMaterial
from backend.errors import Invalid
from backend.files import sweep
from config import clock
from config import database as postgres
from models import Case, CaseMaterial, CaseStatus, StoredFile
from tests.backend.cases.factories import ITEM, NOW, a_case, a_file, an_actor
from tests.backend.cases.test_submit import papers, submit
from tests.waiting import held_up

RIVALS = 8


@pytest.fixture
async def elsewhere(city: None) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection of another process."""
    connection = await postgres.single(postgres.url())
    yield connection
    await connection.close()


async def refused_once_gone(
    elsewhere: "asyncpg.Connection[asyncpg.Record]", file_id: UUID, handing_in: Awaitable[object]
) -> Invalid:
    """How it is refused when the file it waits for turns out to be deleted."""
    async with elsewhere.transaction():
        await elsewhere.execute("DELETE FROM stored_file WHERE id = $1", file_id)
        waiting = asyncio.ensure_future(handing_in)
        await held_up(elsewhere)
    with pytest.raises(Invalid) as refused:
        await waiting
    return refused.value


async def test_a_case_with_a_file_that_is_just_being_swept_is_refused(
    elsewhere: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    by = await an_actor()
    materials = await papers(by)

    refused = await refused_once_gone(elsewhere, materials[0][1], submit(by, materials=materials))

    assert refused.code == "file_unknown"
    assert await Case.all().count() == 0


async def test_a_supplement_with_a_file_that_is_just_being_swept_is_refused(
    elsewhere: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    by = await an_actor()
    case = await a_case(CaseStatus.SUPPLEMENT_REQUESTED, by=by)
    for code, file_id in await papers(by):
        await CaseMaterial.create(case_id=case.id, code=code, file_id=file_id, created_at=NOW)
    file_id = await a_file(by)
    handing_in = supplement.supplement(
        case.id, by=by, now=NOW, form=None, materials=[("id_card", file_id)]
    )

    refused = await refused_once_gone(elsewhere, file_id, handing_in)

    assert refused.code == "file_unknown"
    assert (await Case.get(id=case.id)).version == case.version


async def test_a_file_of_a_draft_is_kept_as_long_as_the_draft(city: None) -> None:
    wang, other, now = await an_actor(), await an_actor(), clock.now()
    mine, _, theirs = [await a_file(by) for by in (wang, wang, other)]
    # Naming a file of somebody else's keeps it for nobody.
    named: list[DraftMaterial] = [
        {"material_code": "id_card", "file_id": UUID(str(file))} for file in (mine, theirs)
    ]
    content = Content(item_code=ITEM, form={}, materials=named)
    draft = uuid4()
    await drafts.save(draft, content, resident_id=wang.id, seen=0, now=now)
    await StoredFile.all().update(created_at=now - timedelta(days=30))

    await sweep.sweep(now=now)
    assert [file.id for file in await StoredFile.all()] == [mine]
    less = replace(content, materials=[])
    await drafts.save(draft, less, resident_id=wang.id, seen=1, now=now)
    await sweep.sweep(now=now)

    assert await StoredFile.all().count() == 0


async def test_rivals_of_the_sweep_have_their_case_or_no_file(city: None) -> None:
    people = [await an_actor() for _ in range(RIVALS)]
    handed_in = [await papers(by) for by in people]
    await StoredFile.all().update(created_at=timezone.now() - timedelta(days=30))

    outcomes, _ = await asyncio.gather(
        asyncio.gather(
            *(
                submit(by, materials=materials)
                for by, materials in zip(people, handed_in, strict=True)
            ),
            return_exceptions=True,
        ),
        sweep.sweep(now=clock.now()),
    )

    refused = [outcome for outcome in outcomes if not isinstance(outcome, bytes)]
    assert all(isinstance(each, Invalid) and each.code == "file_unknown" for each in refused)
    assert await Case.all().count() == RIVALS - len(refused)
