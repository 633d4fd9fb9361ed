"""What a window does for the applicant of a case: by consent, seen by its version, and told."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.cases.acts import accept, finish, notice
from backend.cases.acts.notice import Defect
from backend.cases.reading import desk, queries
from backend.cases.record import intake, shown
from backend.cases.rules.lifecycle import Action
from backend.consistency import audit
from backend.errors import ServiceError
from backend.http.views.cases import moments
from backend.identity.actors import StaffActor
from backend.window import acting
from backend.window.acting import Stand
from backend.window.filing import Consent
from config.settings import settings
from models import (
    Case,
    CaseForm,
    CaseMaterial,
    CaseStatus,
    ConsentKind,
    Flow,
    Message,
    Role,
    StoredFile,
    Task,
    uuid7,
)
from tests.backend.cases.factories import (
    COMMUNITY,
    ELSEWHERE,
    FORM,
    ITEM,
    NOW,
    a_case,
    an_item,
    staff,
)
from tests.backend.window.counter import PAPERS, Counter
from tests.phones import Phones

RIVALS = 8
LATER = NOW + timedelta(hours=1)
ORAL = Stand(consent=Consent(kind=ConsentKind.ORAL))
ASKED = "id_card"


async def asked(counter: Counter) -> tuple[UUID, StaffActor]:
    """A case of the window's that waits for a paper and the form, and the clerk who asked."""
    case_id, near = await counter.file(), await staff((COMMUNITY, Role.CLERK))
    defects = [
        Defect(material_code=ASKED, reason="不清楚"),
        Defect(field="reason", reason="太短"),
    ]
    await notice.request_supplement(
        case_id, by=near, seen=1, now=NOW, defects=defects, note=None, override_reason=None
    )
    return case_id, near


async def answer(
    counter: Counter,
    case_id: UUID,
    *,
    by: StaffActor | None = None,
    stand: Stand = ORAL,
    seen: int = 2,
    **given: Any,
) -> None:
    by = by or counter.clerk
    form = given.pop("form", FORM | {"reason": "收入低于标准，家中有病人"})
    paper = given.pop("paper", None) or await counter.scan("新.pdf", by=by)
    materials = [(ASKED, paper)]
    await acting.answer(case_id, stand, form=form, materials=materials, by=by, seen=seen, now=LATER)


async def take_back(case_id: UUID, by: StaffActor, *, stand: Stand = ORAL, seen: int = 2) -> None:
    await acting.take_back(case_id, stand, reason="不办了", by=by, seen=seen, now=LATER)


async def refusal(work: Any) -> str:
    with pytest.raises(ServiceError) as refused:
        await work
    return refused.value.code


async def test_a_window_answers_for_the_person_and_takes_the_case_back(
    authority: Phones,
    counter: Counter,
) -> None:
    case_id, near = await asked(counter)
    account = await counter.account()
    signed = await counter.scan("同意.pdf")
    stand = Stand(
        consent=Consent(kind=ConsentKind.PAPER, file_id=signed),
        agent={"name": "王芳", "relation": "child"},
    )

    await answer(counter, case_id, stand=stand)

    case = await queries.one(case_id)
    event = case.events[-1]
    assert (case.status, case.version, event.unit_code) == (CaseStatus.SUBMITTED, 3, ELSEWHERE)
    (line,) = moments(shown.of(case), [event])
    assert line["text"].endswith("已代您补正")
    kept = (await intake.of_case(case_id))[3]
    assert (kept.consent, kept.consent_file_id) == (ConsentKind.PAPER, signed)
    assert kept.agent == {"name": "王芳", "relation": "child"}
    assert case.form
    assert case.form["reason"] == "收入低于标准，家中有病人"
    assert (await CaseForm.get(case_id=case_id, no=2)).actor == "staff"
    new = await CaseMaterial.get(case_id=case_id, code=ASKED, superseded_at=None)
    [new_file] = await CaseMaterial.filter(id=new.id).values_list("file_id", flat=True)
    assert await StoredFile.filter(id__in=[new_file, signed], staff_id=None).count() == 2
    # The task stays with who asked, as where the applicant answers.
    assert await Task.filter(case_id=case_id, assignee_id=near.id).count() == 1
    await take_back(case_id, near, seen=3)
    assert (await queries.one(case_id)).status is CaseStatus.WITHDRAWN
    told = await Message.filter(resident_id=account.id).order_by("id")
    assert [each.kind for each in told] == [
        "case.supplement_at_window",
        "case.withdraw_at_window",
    ]
    assert counter.clerk.posts[0].unit_name in told[0].body
    assert near.posts[0].unit_name in told[1].body
    checks = [check for check in audit.checks() if check.name != "staff_unseals"]
    assert audit.broken(await audit.run(settings().database_url, checks)) == []


async def test_the_window_hears_what_is_asked_of_who_has_no_account(
    authority: Phones,
    counter: Counter,
) -> None:
    case_id, near = await asked(counter)
    await take_back(case_id, near)
    at_home, _ = await asked(replace(counter, clerk=near))
    await take_back(at_home, near)
    await counter.account()
    await asked(counter)

    told = Message.filter(kind="staff.request_supplement")
    [(case, unit, role, body)] = await told.values_list("case_id", "unit_id", "role", "body")

    assert (case, unit, role) == (case_id, ELSEWHERE, Role.CLERK)
    assert body.endswith("前补交。")


async def test_of_rivals_at_two_windows_one_answers(
    authority: Phones,
    counter: Counter,
) -> None:
    case_id, near = await asked(counter)

    tries = [answer(counter, case_id, by=by) for by in [counter.clerk, near] * (RIVALS // 2)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)

    refused = [getattr(each, "code", each) for each in outcomes if each is not None]
    assert refused == ["version_stale"] * (RIVALS - 1)
    assert await CaseForm.filter(case_id=case_id).count() == 2


async def test_what_a_window_may_not_do_for_somebody_is_refused_and_changes_nothing(
    authority: Phones,
    counter: Counter,
) -> None:
    case_id, near = await asked(counter)
    stranger = await staff((ELSEWHERE[:9] + "002", Role.CLERK))
    both = await staff((COMMUNITY, Role.CLERK), (ELSEWHERE, Role.CLERK))
    photo = Stand(consent=Consent(kind=ConsentKind.SIGNATURE))
    foreign = Stand(
        consent=Consent(kind=ConsentKind.PAPER, file_id=await counter.scan("别人.pdf", by=near))
    )
    own, files = await a_case(), await StoredFile.filter(staff_id=None).count()
    await Case.filter(id=own.id).update(subject_id=None)

    table = [
        (answer(counter, case_id, by=await staff((ELSEWHERE, Role.APPROVER))), "case_not_found"),
        (take_back(case_id, await staff((COMMUNITY, Role.SUPERVISOR))), "window_missing"),
        (answer(counter, case_id, by=stranger), "case_not_found"),
        (take_back(case_id, stranger), "case_not_found"),
        (take_back(uuid7(), near), "case_not_found"),
        (answer(counter, case_id, by=both), "window_unclear"),
        (answer(counter, case_id, stand=photo), "consent_file_missing"),
        (take_back(case_id, counter.clerk, stand=foreign), "file_unknown"),
        (answer(counter, case_id, paper=uuid7()), "file_unknown"),
        (answer(counter, case_id, seen=1), "version_stale"),
        (answer(counter, case_id, form=None), "defect_unanswered"),
        (answer(counter, case_id, form={"applicant": {"name": "赵六"}}), "form_invalid"),
        (take_back(own.id, near, seen=1), "subject_missing"),
    ]
    for work, code in table:
        assert await refusal(work) == code
    case = await queries.one(case_id)
    assert (case.status, case.version) == (CaseStatus.SUPPLEMENT_REQUESTED, 2)
    assert await StoredFile.filter(staff_id=None).count() == files
    assert len(PAPERS) == len(case.materials)
    await answer(counter, case_id)
    assert await refusal(answer(counter, case_id, seen=3)) == "action_not_allowed"


async def test_a_window_confirms_or_reopens_for_the_person_what_was_dealt_with(
    authority: Phones,
    counter: Counter,
) -> None:
    item = await an_item(ITEM, flow=Flow.REQUEST)
    case_id, near = await counter.file(item_code=item), await staff((COMMUNITY, Role.CLERK))
    account = await counter.account()
    await accept.dispatch(case_id, by=near, seen=1, now=NOW, to_step=3, note=None)
    case = await queries.one(case_id)
    last = await staff((case.holder_code, Role.APPROVER))

    async def finished(seen: int) -> None:
        at = NOW + timedelta(hours=seen)
        await finish.finish(case_id, by=last, seen=seen, now=at, result="已修", note=None)

    async def say(seen: int, unsolved: str | None = None, **changes: Any) -> None:
        given: dict[str, Any] = {"stand": ORAL, "by": counter.clerk} | changes
        at = NOW + timedelta(hours=seen)
        await acting.say(case_id, unsolved=unsolved, seen=seen, now=at, **given)

    assert await refusal(say(2)) == "action_not_allowed"
    await finished(2)
    done = await queries.one(case_id)
    for by, offered in ((counter.clerk, True), (near, True), (last, False)):
        allowed = desk.allowed(by, done, assignee=uuid7())
        assert ({Action.CONFIRM, Action.REOPEN} <= {*allowed}) is offered
    assert await refusal(say(3, by=last)) == "window_missing"
    tries = [say(3, "还漏水") for _ in range(RIVALS)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert [getattr(each, "code", each) for each in outcomes].count(None) == 1
    await finished(4)
    await say(5, by=near)
    case = await queries.one(case_id)
    assert (case.status, case.events[-1].unit_code) == (CaseStatus.CLOSED, COMMUNITY)
    lines = [line["text"] for line in moments(shown.of(case), case.events)]
    assert lines[3].endswith("已代您反映问题没有解决，由原处理单位继续处理：还漏水")
    assert lines[5].endswith("已代您确认处理结果，办件办结")
    told = await Message.filter(resident_id=account.id).order_by("id")
    kinds = ("dispatch", "finish", "reopen_at_window", "finish", "confirm_at_window")
    assert [each.kind for each in told] == [f"case.{kind}" for kind in kinds]
    assert await Message.filter(kind="staff.reopen").count() == 1
    # The item was made a request for this test, after it was published.
    apart = {"staff_unseals", "version_frozen"}
    checks = [check for check in audit.checks() if check.name not in apart]
    assert audit.broken(await audit.run(settings().database_url, checks)) == []
