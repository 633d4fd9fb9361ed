"""A unit acts by a mandate for who does not come: for these items, and never unseen."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.cases.reading import accesses, queries
from backend.cases.record import intake, shown
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.texts import MANDATED
from backend.http.views.cases import moments
from backend.identity.actors import ResidentActor
from backend.mandates.mandates import Mandate
from backend.organisation import queries as organisation
from backend.window import mandates
from backend.window.acting import Stand
from backend.window.filing import Consent
from backend.window.mandates import Signed
from config import clock
from config.clock import city_day
from models import Basis, Case, CaseStatus, ConsentKind, Message, Right, Role, uuid7
from models import Mandate as Row
from tests import stage
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, ITEM, NOW, staff
from tests.backend.mandates.soundness import sound
from tests.backend.window.counter import Counter
from tests.backend.window.test_acting import answer, asked, refusal, take_back
from tests.waiting import held_up

RIVALS = 8
TODAY = city_day(clock.now())


@dataclass
class Worker:
    """The clerk of a unit that holds the mandate of an elder, who has an account."""

    counter: Counter
    elder: ResidentActor
    mandate: Mandate

    def consent(self, mandate_id: UUID | None = None) -> Consent:
        return Consent(kind=ConsentKind.MANDATE, mandate_id=mandate_id or self.mandate.id)

    async def another(self, **changes: Any) -> Mandate:
        return await signed(self.counter, **changes)


async def signed(counter: Counter, **changes: Any) -> Mandate:
    given: dict[str, Any] = {
        "principal_id": counter.person,
        "agent_unit_code": ELSEWHERE,
        "basis": Basis.PAPER,
        "file_id": await counter.scan("授权.pdf"),
        "items": [ITEM],
        "rights": [Right.SUBMIT],
        "until": TODAY + timedelta(days=30),
    }
    made = Signed(**given | changes)
    return await mandates.make(made, unit_code=None, by=counter.clerk, now=clock.now())


def texts_of(case: Snapshot) -> list[str]:
    """The lines of the timeline."""
    return [each["text"] for each in moments(shown.of(case), case.events)]


@pytest.fixture
async def worker(counter: Counter) -> Worker:
    return Worker(counter, await counter.account(), await signed(counter))


async def test_what_a_unit_files_by_a_mandate_is_told_with_unit_and_post(worker: Worker) -> None:
    case_id = await worker.counter.file(consent=worker.consent())

    case = await queries.one_of_resident(case_id, worker.elder.id)
    kept = (await intake.of_case(case_id))[1]
    assert (kept.consent, kept.mandate_id) == (ConsentKind.MANDATE, worker.mandate.id)
    told = await Message.get(case_id=case_id, kind="case.submit_by_unit")
    assert told.resident_id == worker.elder.id  # type: ignore[attr-defined]
    unit = case.received_unit_code
    assert unit == ELSEWHERE
    text = texts_of(case)[0]
    assert "受理岗位依据您的授权已代您提交申请" in text
    assert text.startswith(told.body.split("的受理岗位")[0])
    seen = await accesses.of_resident(worker.elder.id, before=None, limit=9)
    act = next(each for each in seen if each.what == "act_for")
    assert (act.did, act.unit_code, act.role) == ("submit", ELSEWHERE, Role.CLERK)
    assert (act.mandate_id, act.case_id) == (worker.mandate.id, case_id)
    await sound()


async def test_it_answers_and_withdraws_by_its_mandate_too(worker: Worker) -> None:
    case_id, _ = await asked(worker.counter)
    stand = Stand(consent=worker.consent())

    await answer(worker.counter, case_id, stand=stand)
    await take_back(case_id, worker.counter.clerk, stand=stand, seen=3)

    case = await queries.one(case_id)
    assert case.status is CaseStatus.WITHDRAWN
    name = MANDATED.format(window=organisation.known_or_not(ELSEWHERE).name)
    assert texts_of(case)[-2:] == [f"{name}已代您补正", f"{name}已代您撤回：不办了"]
    kinds = await Message.filter(case_id=case_id, resident_id=worker.elder.id).values_list(
        "kind", flat=True
    )
    assert {"case.supplement_by_unit", "case.withdraw_by_unit"} <= {*kinds}
    assert (await intake.of_case(case_id))[4].mandate_id == worker.mandate.id
    await sound()


async def test_what_the_mandate_does_not_cover_is_refused(worker: Worker) -> None:
    counter = worker.counter
    other = await worker.another(items=["SP-MZ-002"], agent_unit_code=COMMUNITY)
    near = await staff((COMMUNITY, Role.CLERK))
    fill = await worker.another(rights=[Right.FILL], agent_unit_code="210102001000")
    street = await staff(("210102001000", Role.CLERK))
    revoked = worker.mandate
    again = await worker.another()  # replaces the unit's first one
    table: list[tuple[str, dict[str, Any]]] = [
        ("mandate_missing", {"consent": worker.consent(uuid7())}),
        ("mandate_missing", {"consent": worker.consent(other.id)}),
        ("mandate_missing", {"consent": worker.consent(revoked.id)}),
        ("mandate_not_for_item", {"consent": worker.consent(other.id), "by": near}),
        ("mandate_right_missing", {"consent": worker.consent(fill.id), "by": street}),
        ("consent_mandate_unclear", {"consent": Consent(kind=ConsentKind.MANDATE)}),
        (
            "consent_mandate_unclear",
            {"consent": Consent(kind=ConsentKind.ORAL, mandate_id=again.id)},
        ),
    ]
    for code, wrong in table:
        assert await counter.refusal(**wrong) == code
    await Row.filter(id=again.id).update(until=city_day(NOW) - timedelta(days=1))
    assert await counter.refusal(consent=worker.consent(again.id)) == "mandate_expired"
    assert not await Case.exists()
    case_id, _ = await asked(counter)
    stand = Stand(consent=worker.consent(again.id))
    assert await refusal(answer(counter, case_id, stand=stand)) == "mandate_expired"


async def test_what_begins_while_it_is_revoked_is_not_done(worker: Worker) -> None:
    counter = worker.counter
    papers = [await counter.scan(f"{number}.pdf") for number in range(RIVALS)]
    async with stage.owner() as revoking, asyncio.TaskGroup() as group, revoking.transaction():
        await revoking.execute(
            "UPDATE mandate SET revoked_at = now(), revoked_by = 'principal' WHERE id = $1",
            worker.mandate.id,
        )
        begun = [
            group.create_task(counter.refusal(consent=worker.consent(), paper=paper))
            for paper in papers
        ]
        await held_up(revoking)

    assert {each.result() for each in begun} == {"mandate_missing"}
    assert not await Case.exists()
