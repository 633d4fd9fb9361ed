"""Of an agent and others who file the same at once, one does; and only with files of their own."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID, uuid4

from tortoise.transactions import in_transaction

from backend.cases.acts import submit
from backend.cases.acts.submit import Application
from backend.errors import ServiceError
from backend.identity.actors import ResidentActor, StaffActor
from backend.window import filing
from config import clock
from models import Case, ConsentKind, Role, StoredFile
from tests import stage
from tests.backend.cases.factories import COMMUNITY, FORM, ITEM, a_file, an_actor, staff
from tests.backend.mandates.pairs import PAPERS, Pair, a_pair, give_up
from tests.waiting import held_up

RIVALS = 8


async def test_what_begins_while_a_mandate_is_revoked_is_not_done(city: None) -> None:
    pair = await a_pair()
    await give_up(pair)
    papers = [await a_file(pair.agent) for _ in range(RIVALS)]
    before = await Case.all().count()
    async with stage.owner() as revoking, asyncio.TaskGroup() as group, revoking.transaction():
        await revoking.execute(
            "UPDATE mandate SET revoked_at = now(), revoked_by = 'principal' WHERE id = $1",
            pair.mandate.id,
        )
        begun = [group.create_task(file_for(pair, paper)) for paper in papers]
        await held_up(revoking)

    assert {each.result() for each in begun} == {"mandate_missing"}
    assert await Case.all().count() == before


async def test_of_elder_daughter_and_worker_one_files(city: None) -> None:
    pair, clerk = await a_pair(), await staff((COMMUNITY, Role.CLERK))
    await give_up(pair)
    hers = [await a_file(pair.principal) for _ in range(3)]
    lent = [await a_file(pair.agent) for _ in range(3)]
    scanned = await a_file(pair.principal)
    person = pair.principal.person_id or uuid4()
    await StoredFile.filter(id=scanned).update(resident_id=None, person_id=person)

    ended = await asyncio.gather(
        *(file_for(pair, paper) for paper in lent),
        *(filed_by(pair.principal, paper) for paper in hers),
        *(at_a_window(clerk, person, scanned) for _ in range(3)),
    )

    assert len(await Case.filter(subject_id=person, status="submitted")) == 1
    assert ended.count("case_already_open") == len(ended) - 1


async def test_an_agent_hands_in_no_file_of_others_nor_one_used_before(city: None) -> None:
    pair, stranger = await a_pair(), await an_actor()
    await give_up(pair)
    used = await a_file(pair.agent)
    await filed_by(pair.agent, used)

    for paper in (await a_file(stranger), used):
        assert await file_for(pair, paper) == "file_unknown"


def application(paper: UUID) -> Application:
    return Application(item_code=ITEM, form=FORM, materials=[(code, paper) for code in PAPERS])


async def became(filing_it: Coroutine[Any, Any, object]) -> str:
    """The case, or the code why not."""
    try:
        return str(await filing_it)
    except ServiceError as refusal:
        return refusal.code


async def file_for(pair: Pair, paper: UUID) -> str:
    return await became(
        submit.submit_for(
            application(paper),
            pair.mandate.id,
            by=pair.agent,
            now=clock.now(),
            once=None,
            render=lambda case, _: str(case.id).encode(),
        )
    )


async def filed_by(resident: ResidentActor, paper: UUID) -> str:
    return await became(
        submit.submit(
            application(paper),
            resident_id=resident.id,
            now=clock.now(),
            once=None,
            render=lambda case: str(case.id).encode(),
        )
    )


async def at_a_window(clerk: StaffActor, person: UUID, paper: UUID) -> str:
    async def filed() -> UUID:
        async with in_transaction():
            return await filing.file(
                application(paper),
                person_id=person,
                consent=filing.Consent(kind=ConsentKind.ORAL),
                by=clerk,
                now=clock.now(),
            )

    return await became(filed())
