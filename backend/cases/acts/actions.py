"""What staff do with a case; each action is one transaction under the case's lock."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.clock import limits
from backend.cases.reading import queries, scope
from backend.cases.record.change import Change, write
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import lifecycle, texts
from backend.cases.rules.lifecycle import Action, By, Move
from backend.errors import Conflict, Forbidden, Invalid, InvalidParam, NotFound, Stale
from backend.identity.actors import StaffActor
from backend.organisation import queries as organisation
from config import characters
from config.database import connection
from config.vault import sealed
from models import CaseStatus
from notifications.telling import outbox


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One thing to put right: a material (by code) or a field of the form (dotted name)."""

    material_code: str | None = None
    field: str | None = None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the actor says with the action: `public` to the applicant, `internal` to staff."""

    public: dict[str, Any] = field(default_factory=dict)
    internal: dict[str, Any] = field(default_factory=dict)


async def accept(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, note: str | None
) -> None:
    """Accept 受理: both clocks start, every paper counts as good."""
    async with in_transaction():
        case = await _locked(case_id, seen=seen, by=by, action=Action.ACCEPT)
        promised, statutory = limits.both_due(case.item, now)
        change = Change(Action.ACCEPT, CaseStatus.ACCEPTED, now, internal=_only(note=note))
        change.columns = {
            "accepted_at": now,
            "promised_due_at": promised,
            "statutory_due_at": statutory,
        }
        change.materials_accepted = True
        await write(case, change, by=by)
    outbox.wake()


async def decline(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, reason: str, go_to: str | None
) -> None:
    """Decline 不予受理, with the reason and, where it is another office's power, where to go."""
    async with in_transaction():
        case = await _locked(case_id, seen=seen, by=by, action=Action.DECLINE)
        change = Change(
            Action.DECLINE, CaseStatus.DECLINED, now, public=_only(reason=reason, go_to=go_to)
        )
        change.columns = {"closed_at": now}
        await write(case, change, by=by)
    outbox.wake()


async def request_supplement(
    case_id: UUID,
    *,
    by: StaffActor,
    seen: int,
    now: datetime,
    defects: list[Defect],
    note: str | None,
    override_reason: str | None,
) -> None:
    """Name everything that is missing, once (行政许可法 32); a second time needs a reason."""
    async with in_transaction():
        case = await _locked(case_id, seen=seen, by=by, action=Action.REQUEST_SUPPLEMENT)
        _check_defects(case, defects)
        if await _asked_before(case) and not characters.visible(override_reason or ""):
            raise Conflict(
                "本环节已一次性告知过，再次要求补正须说明理由", code="supplement_already_requested"
            )
        due = limits.due_at(now, case.item.supplement_days, limits.Unit.CALENDAR_DAY)
        listed = [
            _only(material_code=d.material_code, field=d.field, reason=d.reason) for d in defects
        ]
        change = Change(Action.REQUEST_SUPPLEMENT, CaseStatus.SUPPLEMENT_REQUESTED, now)
        change.public = {"defects": listed, "due_at": due.isoformat()}
        change.internal = _only(note=note, override_reason=override_reason)
        notice = sealed.seal_json("case", case.id, column="supplement", value=change.public)
        change.columns = {"resume_status": case.status, "supplement_sealed": notice}
        change.rejected = {d.material_code: d.reason for d in defects if d.material_code}
        await write(case, change, by=by)
    outbox.wake()


async def agree(case_id: UUID, *, by: StaffActor, seen: int, now: datetime, opinion: str) -> None:
    """Pass 通过 this step: the case goes to the unit of the next one."""
    async with in_transaction():
        case = await _locked(case_id, seen=seen, by=by, action=Action.PASS)
        change = Change(Action.PASS, CaseStatus.UNDER_REVIEW, now, internal={"opinion": opinion})
        change.step = case.step + 1
        await write(case, change, by=by)
    outbox.wake()


async def send_back(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, to_step: int, reason: str
) -> None:
    """Return 退回 to a step already passed."""
    async with in_transaction():
        case = await _locked(case_id, seen=seen, by=by, action=Action.RETURN)
        if not 1 <= to_step < case.step:
            raise Invalid(
                "只能退回已经办过的环节",
                code="step_not_passed",
                invalid_params=[InvalidParam("to_step", "step_not_passed", "不是已经办过的环节")],
            )
        change = Change(Action.RETURN, CaseStatus.UNDER_REVIEW, now, internal={"reason": reason})
        change.step = to_step
        await write(case, change, by=by)
    outbox.wake()


async def decide(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, outcome: str, opinion: str
) -> None:
    """Decide 决定: approved, or denied with the reasons told to the applicant (行政许可法 38)."""
    async with in_transaction():
        case = await _locked(case_id, seen=seen, by=by, action=Action.DECIDE)
        denied = outcome == "denied"
        if denied and not characters.visible(opinion):
            raise Invalid(
                "不予决定须说明理由",
                code="reason_required",
                invalid_params=[InvalidParam("opinion", "reason_required", "请写明不予的理由")],
            )
        change = Change(Action.DECIDE, CaseStatus(outcome), now, internal={"opinion": opinion})
        change.public = _only(reason=opinion if denied else None)
        change.columns = {"decided_at": now, "outcome": outcome}
        await write(case, change, by=by)
    outbox.wake()


async def deliver(
    case_id: UUID, *, by: StaffActor, seen: int, now: datetime, method: str, note: str | None
) -> None:
    """Deliver 送达 the result: pickup, post or electronic."""
    async with in_transaction():
        case = await _locked(case_id, seen=seen, by=by, action=Action.DELIVER)
        change = Change(Action.DELIVER, CaseStatus.DELIVERED, now, public={"method": method})
        change.internal = _only(note=note)
        await write(case, change, by=by)
    outbox.wake()


async def close(case_id: UUID, *, by: StaffActor, seen: int, now: datetime) -> None:
    """Close 办结 the delivered case."""
    async with in_transaction():
        case = await _locked(case_id, seen=seen, by=by, action=Action.CLOSE)
        change = Change(Action.CLOSE, CaseStatus.CLOSED, now)
        change.columns = {"closed_at": now}
        await write(case, change, by=by)
    outbox.wake()


async def _locked(case_id: UUID, *, seen: int, by: StaffActor, action: Action) -> Snapshot:
    """The case under its lock, once the actor, the version and the lifecycle allow the action."""
    rows = await connection().execute_query_dict(
        'SELECT id FROM "case" WHERE id = $1 FOR UPDATE', [case_id]
    )
    if not rows:
        raise queries.not_found()
    case = await queries.one(case_id)
    if not scope.of(by).covers(case):
        raise queries.not_found()
    _check_unit(case, by)
    if case.version != seen:
        raise Stale
    move = lifecycle.move(case.status, action, step=case.step, steps=len(case.item.route))
    if move is None or move.by is By.APPLICANT:
        raise Conflict(
            f"办件“{texts.STATUS[case.status]}”时不能这样办理", code="action_not_allowed"
        )
    if not may(by, case, move):
        raise Forbidden("您的岗位不能办理这一步", code="role_missing")
    await _check_assignee(case, by)
    return case


def window_code(case: Snapshot) -> str:
    """The unit that takes papers in and hands results out: that of the first step.

    Empty where no such unit is known any more: then nobody is in it, and the case is still read.
    """
    first = case.item.route[0]
    try:
        return organisation.step_unit(first, case.community_code, case.item.department_code).code
    except NotFound:
        return ""


def may(by: StaffActor, case: Snapshot, move: Move) -> bool:
    """Whether one of the actor's posts may make the move: in the holder's or the accepting unit."""
    step_role = case.item.route[case.step - 1].role
    window = window_code(case)
    return any(
        post.role
        in lifecycle.roles(
            move.by,
            step_role=step_role,
            at_holder=post.unit_code == case.holder_code,
            at_window=post.unit_code == window,
        )
        for post in by.posts
    )


def allowed(by: StaffActor, case: Snapshot) -> list[Action]:
    """The actions the actor may take now, in the lifecycle's order."""
    steps = len(case.item.route)
    moves = {
        action: lifecycle.move(case.status, action, step=case.step, steps=steps)
        for action in lifecycle.MOVES[case.status]
    }
    return [action for action, move in moves.items() if move and may(by, case, move)]


def _check_unit(case: Snapshot, by: StaffActor) -> None:
    units = {post.unit_code for post in by.posts}
    handing_out = case.status in {CaseStatus.APPROVED, CaseStatus.DENIED, CaseStatus.DELIVERED}
    if case.holder_code in units or (handing_out and window_code(case) in units):
        return
    raise Forbidden("该办件不在您的单位办理", code="not_your_unit")


async def _check_assignee(case: Snapshot, by: StaffActor) -> None:
    rows = await connection().execute_query_dict(
        "SELECT assignee_id FROM task WHERE case_id = $1 AND done_at IS NULL", [case.id]
    )
    if rows and rows[0]["assignee_id"] not in {None, by.id}:
        raise Conflict("该任务已由同事领取", code="task_taken")


async def _asked_before(case: Snapshot) -> bool:
    """Whether this stage already had its notice: before acceptance, or this step since it came."""
    since = case.holder_since if case.accepted_at else case.submitted_at
    return any(
        event.action == Action.REQUEST_SUPPLEMENT and event.at >= since for event in case.events
    )


def _check_defects(case: Snapshot, defects: list[Defect]) -> None:
    known = {material["code"] for material in case.item.materials}
    wrong = [
        InvalidParam(f"defects.{index}.material_code", "material_unknown", "该事项没有这份材料")
        for index, defect in enumerate(defects)
        if defect.material_code is not None and defect.material_code not in known
    ]
    wrong += [
        InvalidParam(f"defects.{index}", "defect_without_place", "请指明是哪份材料或哪个字段")
        for index, defect in enumerate(defects)
        if (defect.material_code is None) == (defect.field is None)
    ]
    if wrong:
        raise Invalid("补正内容有误", code="defects_invalid", invalid_params=wrong)


def _only(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
