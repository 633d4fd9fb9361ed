import asyncio
from uuid import uuid4

import pytest

from backend.cases.acts import accept, decide, notice, review, supplement
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries
from backend.cases.reading.to_do import tasks
from backend.cases.record.snapshot import Snapshot
from backend.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from backend.identity.actors import StaffActor
from models import Case, CaseMaterial, CaseStatus, Message, Role, Task, Verdict
from tests.backend.cases.factories import COMMUNITY, FORM, NOW, a_case, a_file, an_actor, staff

RIVALS = 10
BLURRED = Defect(material_code="id_card", reason="照片模糊")


async def a_clerk() -> StaffActor:
    return await staff((COMMUNITY, Role.CLERK))


async def ask(case: Snapshot, by: StaffActor, *defects: Defect, why: str | None = None) -> None:
    await notice.request_supplement(
        case.id,
        by=by,
        seen=case.version,
        now=NOW,
        defects=list(defects) or [BLURRED],
        note=None,
        override_reason=why,
    )


async def test_acceptance_starts_both_clocks_and_tells_the_resident(city: None) -> None:
    case, clerk = await a_case(), await a_clerk()

    await accept.accept(case.id, by=clerk, seen=1, now=NOW, note="材料齐全")

    accepted = await queries.one(case.id)
    assert accepted.accepted_at == NOW
    # 25 and 30 working days after Monday 9 March 2026; 清明节 takes the 4th to the 6th of April.
    assert accepted.promised_due_at is not None
    assert accepted.promised_due_at.isoformat() == "2026-04-14T15:59:59+00:00"
    assert accepted.statutory_due_at is not None
    assert accepted.statutory_due_at.isoformat() == "2026-04-21T15:59:59+00:00"
    message = await Message.get(case_id=case.id, kind="case.accept")
    assert "2026年4月14日" in message.body
    assert "材料齐全" not in message.body


async def test_of_rivals_who_saw_the_same_version_one_accepts(city: None) -> None:
    case = await a_case()
    rivals = [await a_clerk() for _ in range(RIVALS)]

    done = await asyncio.gather(
        *(accept.accept(case.id, by=rival, seen=1, now=NOW, note=None) for rival in rivals),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in done) == ["NoneType"] + ["VersionStale"] * (
        RIVALS - 1
    )
    assert len((await queries.one(case.id)).events) == 2
    assert await Message.filter(case_id=case.id, kind="case.accept").count() == 1


async def test_what_is_decided_on_an_old_version_is_refused(city: None) -> None:
    case, clerk = await a_case(), await a_clerk()
    await ask(case, clerk)

    with pytest.raises(Stale):
        await accept.decline(case.id, by=clerk, seen=1, now=NOW, reason="无", go_to=None)


async def test_an_unknown_case_is_not_found(city: None) -> None:
    with pytest.raises(NotFound):
        await accept.accept(uuid4(), by=await a_clerk(), seen=1, now=NOW, note=None)


async def test_a_supplement_goes_round_and_keeps_what_was_good(city: None) -> None:
    by, clerk = await an_actor(), await a_clerk()
    case = await a_case(by=by)
    old, new = await a_file(by), await a_file(by)
    for code in ("id_card", "household_register", "economic_check_authorisation"):
        await CaseMaterial.create(case_id=case.id, code=code, file_id=old, created_at=NOW)
    await ask(case, clerk)
    asked = await queries.one(case.id)
    assert asked.status is CaseStatus.SUPPLEMENT_REQUESTED
    assert {paper.code: paper.verdict for paper in asked.materials} == {
        "id_card": "rejected",
        "household_register": "pending",
        "economic_check_authorisation": "pending",
    }

    await supplement.supplement(case.id, by=by, now=NOW, form=None, materials=[("id_card", new)])

    answered = await queries.one(case.id)
    assert answered.status is CaseStatus.SUBMITTED
    assert answered.supplement is None
    assert {(paper.code, paper.file_id == str(new)) for paper in answered.materials} == {
        ("id_card", True),
        ("household_register", False),
        ("economic_check_authorisation", False),
    }
    assert await CaseMaterial.filter(case_id=case.id, verdict=Verdict.REJECTED).count() == 1


async def test_a_second_notice_in_one_stage_needs_a_reason(city: None) -> None:
    case, clerk = await a_case(), await a_clerk()
    await ask(case, clerk, Defect(field="reason", reason="请写明"))
    # As an answered supplement leaves it.
    await Case.filter(id=case.id).update(status=CaseStatus.SUBMITTED, supplement_sealed=None)
    again = await queries.one(case.id)

    with pytest.raises(Conflict) as refused:
        await ask(again, clerk)
    assert refused.value.code == "supplement_already_requested"
    await ask(again, clerk, why="申请人更换了户口簿")

    assert (await queries.one(case.id)).status is CaseStatus.SUPPLEMENT_REQUESTED


async def test_every_paper_of_the_notice_must_be_answered(city: None) -> None:
    by, clerk = await an_actor(), await a_clerk()
    case = await a_case(by=by)
    await ask(case, clerk, BLURRED, Defect(field="reason", reason="请写明"))

    with pytest.raises(Invalid) as refused:
        await supplement.supplement(case.id, by=by, now=NOW, form=None, materials=[])

    assert refused.value.code == "defect_unanswered"
    assert [param.name for param in refused.value.invalid_params] == [
        "materials.id_card",
        "form.reason",
    ]


@pytest.mark.parametrize(
    "defect",
    [
        Defect(material_code="no_such_paper", reason="缺"),
        Defect(reason="没有指明"),
        Defect(material_code="id_card", field="reason", reason="两处"),
    ],
)
async def test_a_defect_names_one_thing_that_exists(city: None, defect: Defect) -> None:
    case = await a_case()

    with pytest.raises(Invalid) as refused:
        await ask(case, await a_clerk(), defect)

    assert refused.value.code == "defects_invalid"


async def test_a_field_that_the_form_lacks_is_told_by_its_place_in_the_request(
    city: None,
) -> None:
    case, clerk = await a_case(), await a_clerk()
    fields = ["reason", "nope", "household.members.0.name", "household.nope", "form.reason"]

    with pytest.raises(Invalid) as refused:
        await ask(case, clerk, *(Defect(field=field, reason="请写明") for field in fields))

    assert refused.value.code == "defects_invalid"
    assert [(param.name, param.code) for param in refused.value.invalid_params] == [
        (f"defects.{index}.field", "field_unknown") for index in (1, 3, 4)
    ]
    assert (await queries.one(case.id)).status is CaseStatus.SUBMITTED


async def test_a_field_of_the_notice_is_answered_by_the_corrected_form(city: None) -> None:
    by, clerk = await an_actor(), await a_clerk()
    case = await a_case(by=by)
    file = await a_file(by)
    for code in ("id_card", "household_register", "economic_check_authorisation"):
        await CaseMaterial.create(case_id=case.id, code=code, file_id=file, created_at=NOW)
    places = ["reason", "income.monthly_total", "household.members"]
    await ask(case, clerk, *(Defect(field=place, reason="请写明") for place in places))
    with pytest.raises(Invalid) as refused:
        await supplement.supplement(case.id, by=by, now=NOW, form=None, materials=[])
    assert refused.value.code == "defect_unanswered"

    corrected = FORM | {"reason": "家庭成员重病，收入低于标准"}
    await supplement.supplement(case.id, by=by, now=NOW, form=corrected, materials=[])

    answered = await queries.one_of_resident(case.id, by.id)
    assert answered.status is CaseStatus.SUBMITTED
    assert answered.supplement is None
    assert answered.form is not None
    assert answered.form["reason"] == corrected["reason"]


async def test_a_denial_without_reasons_is_refused(city: None) -> None:
    case = await a_case(CaseStatus.UNDER_REVIEW, step=3)
    approver = await staff((case.holder_code, Role.APPROVER))

    with pytest.raises(Invalid) as refused:
        await decide.decide(
            case.id, by=approver, seen=case.version, now=NOW, outcome="denied", opinion=" "
        )
    assert refused.value.code == "reason_required"
    await decide.decide(
        case.id, by=approver, seen=case.version, now=NOW, outcome="denied", opinion="收入超过标准"
    )

    decided = await queries.one(case.id)
    assert decided.outcome == "denied"
    assert decided.events[-1].public["reason"] == "收入超过标准"


async def test_a_case_goes_back_only_to_a_step_it_passed(city: None) -> None:
    case = await a_case(CaseStatus.UNDER_REVIEW, step=2)
    reviewer = await staff((case.holder_code, Role.REVIEWER))

    for step in (2, 3):
        with pytest.raises(Invalid) as refused:
            await review.return_step(
                case.id, by=reviewer, seen=case.version, now=NOW, to_step=step, reason="请核实"
            )
        assert refused.value.code == "step_not_passed"
    await review.return_step(
        case.id, by=reviewer, seen=case.version, now=NOW, to_step=1, reason="请核实"
    )

    returned = await queries.one(case.id)
    assert (returned.step, returned.holder_code) == (1, COMMUNITY)
    assert await Task.filter(case_id=case.id, done_at=None).count() == 1


async def test_a_case_stays_where_it_is_if_nobody_knows_the_unit_of_the_step(city: None) -> None:
    case = await a_case(CaseStatus.UNDER_REVIEW, step=2)
    reviewer = await staff((case.holder_code, Role.REVIEWER))
    await Case.filter(id=case.id).update(community_id="210102001999")

    with pytest.raises(Conflict) as passed:
        await review.pass_step(case.id, by=reviewer, seen=case.version, now=NOW, opinion="属实")

    assert passed.value.code == "step_unit_unknown"
    assert (await queries.one(case.id)).step == 2
    # Who had a step before is known from the events.
    await review.return_step(
        case.id, by=reviewer, seen=case.version, now=NOW, to_step=1, reason="请核实"
    )
    assert (await queries.one(case.id)).holder_code == COMMUNITY


async def test_of_rivals_one_claims_the_task(city: None) -> None:
    case = await a_case()
    task = await Task.get(case_id=case.id)
    rivals = [await a_clerk() for _ in range(RIVALS)]

    done = await asyncio.gather(
        *(tasks.claim(task.id, by=rival) for rival in rivals), return_exceptions=True
    )

    taken = [outcome for outcome in done if isinstance(outcome, Conflict)]
    assert len(taken) == RIVALS - 1
    assert {error.code for error in taken} == {"task_taken"}


async def test_a_claimed_task_is_its_owners_until_released(city: None) -> None:
    case, owner, colleague = await a_case(), await a_clerk(), await a_clerk()
    stranger = await staff(("210103005001", Role.CLERK))
    task = await Task.get(case_id=case.id)
    await tasks.claim(task.id, by=owner)

    with pytest.raises(Conflict):
        await accept.accept(case.id, by=colleague, seen=1, now=NOW, note=None)
    with pytest.raises(Conflict):
        await tasks.release(task.id, by=colleague)
    with pytest.raises(NotFound):
        await tasks.claim(task.id, by=stranger)
    with pytest.raises(Forbidden):
        await tasks.claim(task.id, by=await staff(("210102001000", Role.REVIEWER)))
    await tasks.claim(task.id, by=owner)
    await tasks.release(task.id, by=owner)

    await accept.accept(case.id, by=colleague, seen=1, now=NOW, note=None)
