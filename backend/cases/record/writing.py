"""Writing one change of a case: row, event, papers, task and message together."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from backend.cases.clock import history
from backend.cases.clock.history import Clocks
from backend.cases.record import (
    applicants,
    deputies,
    dues,
    intake,
    leftovers,
    outlooks,
    recusals,
    telling,
    times,
    transfers,
)
from backend.cases.record.change import Change
from backend.cases.record.snapshot import Event, Snapshot
from backend.cases.rules import flows, lifecycle
from backend.cases.rules.lifecycle import ACCEPTED, ANSWERED, FINAL, INSIDE, RUNNING, Action
from backend.identity.actors import ResidentActor, StaffActor
from config.vault import sealed
from models import (
    Case,
    CaseEvent,
    CaseMaterial,
    CaseStatus,
    Role,
    Task,
    TransferState,
    Verdict,
    uuid7,
)
from notifications.telling import outbox
from notifications.telling.funnel import UNIT_ACTIONS
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import UnitRole

_SENT_ON = frozenset({Action.TRANSFER, Action.RECALL})


async def write(case: Snapshot, change: Change, *, by: StaffActor | ResidentActor) -> None:
    """Write the change in the current transaction, and tell the applicant and who works on it next.

    The lifecycle says which status follows, and what is not for the applicant; ValueError where it
    has no such move.
    """
    change.after = _after(case, change)
    if change.action in INSIDE:
        await _write_inside(case, change, by=by)
        return
    step = change.step or case.step
    holder_code = change.holder_code or case.holder_code
    unit_code = change.done_at or holder_code
    change.clocks = _clocks(case, change, unit_code=unit_code)
    columns: dict[str, Any] = {
        "status": change.after,
        "version": case.version + 1,
        **asdict(change.clocks),
        **change.columns,
    }
    if case.accepted_at is None and change.after in ACCEPTED:
        columns["accepted_at"] = change.at
    if change.step is not None:
        columns |= {"step": step, "holder_id": holder_code, "holder_since": change.at}
    lapsed = await _lapse(case, change, by=by)
    await Case.filter(id=case.id).update(**columns)
    # A window does it for the applicant, and another unit takes over: for no colleague.
    own = change.taken_in is None and change.action is not Action.HANDOVER
    away = await deputies.acted_for(case, by) if own else None
    if away is not None:
        change.internal["acting_for"] = str(away)
    await _write_event(case, change, step=step, unit_code=unit_code, by=by)
    if change.taken_in is not None:
        seq = len(case.events) + 1
        await intake.keep(change.taken_in, case_id=case.id, seq=seq, at=change.at)
    await _write_verdicts(case, change)
    await _write_task(case, change, step=step, unit_code=holder_code, by=by, away=away)
    if change.after in FINAL:
        await leftovers.settle(case)
    unstaffed = await _unstaffed(case, change, holder_code)
    applicant = await applicants.of(case)
    told = await outlooks.with_reserves(
        [telling.to_applicant(case, change, to) for to in applicant],
        answered=case.status in ANSWERED,
    )
    told += [*lapsed, *unstaffed, *telling.to_window(case, change, applicant, by=by)]
    if change.action in UNIT_ACTIONS or _hands_on(case, change, by):
        told.append(telling.to_unit(case, change, step=step, unit_code=holder_code, by=by))
    if away is not None:
        told.append(deputies.told(case, away, at=change.at, by=by))
    if told:
        await outbox.enqueue(*told)


async def _write_inside(case: Snapshot, change: Change, *, by: StaffActor | ResidentActor) -> None:
    away = await deputies.acted_for(case, by) if change.action in _SENT_ON else None
    if away is not None:
        change.internal["acting_for"] = str(away)
        await outbox.enqueue(deputies.told(case, away, at=change.at, by=by))
    unit_code = change.done_at or case.holder_code
    await _write_event(case, change, step=case.step, unit_code=unit_code, by=by)


async def _lapse(
    case: Snapshot, change: Change, *, by: StaffActor | ResidentActor
) -> list[Outgoing]:
    """End the open transfer of a case that goes elsewhere, is answered or over; tell its unit."""
    answered = change.after in ANSWERED and case.status not in ANSWERED
    goes_on = answered or change.after in FINAL or change.step is not None
    if case.incoming_unit_code is None or not goes_on:
        return []
    sent = await transfers.end(case.id, TransferState.LAPSED, at=change.at)
    if sent is None:
        return []
    task, by_staff_id = await transfers.task_of(case), None
    if isinstance(by, StaffActor):
        by_staff_id = by.id
    to = UnitRole(sent.to_code, task.role)
    return [
        transfers.told(Action.RECALL, case, to, at=change.at, by_staff_id=by_staff_id, task=task)
    ]


async def _unstaffed(case: Snapshot, change: Change, unit_code: str) -> list[Outgoing]:
    """What is told where the case comes to a unit in which nobody can do its step."""
    if change.step is None:
        return []
    return await recusals.nobody_left(case, unit_code, at=change.at)


def _after(case: Snapshot, change: Change) -> CaseStatus:
    steps = len(case.item.route)
    move = flows.move(case.item.flow, case.status, change.action, case.step, steps)
    if move is None:
        raise ValueError(change.action)
    return lifecycle.target(move, chosen=change.chosen, before=case.resume_status)


def _clocks(case: Snapshot, change: Change, *, unit_code: str) -> Clocks:
    seq = len(case.events) + 1
    told_at = times.city_text(change.at)
    now = Event(seq, told_at, change.action, unit_code, change.public, change.after)
    return history.clocks((*case.events, now), case.item)


async def _write_event(
    case: Snapshot, change: Change, *, step: int, unit_code: str, by: StaffActor | ResidentActor
) -> None:
    event = CaseEvent(
        id=uuid7(),
        case_id=case.id,
        created_at=change.at,
        seq=len(case.events) + 1,
        action=change.action,
        actor="staff" if isinstance(by, StaffActor) else "resident",
        actor_id=by.id,
        before=case.status,
        after=change.after,
        step=step,
        unit_id=unit_code,
    )
    event.public_sealed = _sealed(event, "public", change.public)
    event.internal_sealed = _sealed(event, "internal", change.internal)
    await event.save(force_create=True)


def _sealed(event: CaseEvent, column: str, words: Mapping[str, object]) -> bytes | None:
    said = {name: value for name, value in words.items() if value is not None}
    return sealed.seal_json("case_event", event.id, column=column, value=said)


async def _write_verdicts(case: Snapshot, change: Change) -> None:
    current = CaseMaterial.filter(case_id=case.id, superseded_at=None)
    if change.materials_accepted:
        await current.update(verdict=Verdict.ACCEPTED, reason_sealed=None)
    if not change.rejected:
        return
    for paper in await current.filter(code__in=change.rejected).only("id", "code"):
        reason = change.rejected[paper.code]
        paper.verdict = Verdict.REJECTED
        paper.reason_sealed = sealed.seal("case_material", paper.id, column="reason", text=reason)
        await paper.save(update_fields=["verdict", "reason_sealed"])


async def _write_task(
    case: Snapshot,
    change: Change,
    *,
    step: int,
    unit_code: str,
    by: StaffActor | ResidentActor,
    away: UUID | None,
) -> None:
    """End the case's own task with its step; otherwise keep it, in the actor's hands if staff.

    What a deputy did stays in the hands of who is away. With the case all that are open end. A
    step that another unit takes over is due when it was.
    """
    open_tasks = Task.filter(case_id=case.id, done_at=None)
    own = open_tasks.filter(step=case.step, unit_id=case.holder_code)
    if change.after in FINAL:
        await open_tasks.update(done_at=change.at)
    elif change.step is not None:
        kept = await own.get() if change.action is Action.HANDOVER else None
        await own.update(done_at=change.at)
        await Task.create(
            case_id=case.id,
            created_at=change.at,
            item_code=case.item_code,
            step=step,
            unit_id=unit_code,
            role=kept.role if kept else case.item.route[step - 1].role,
            due_at=kept.due_at if kept else dues.of_step(case, step, change.at),
        )
    else:
        await own.update(**_kept(case, change, by, away))


def _kept(
    case: Snapshot, change: Change, by: StaffActor | ResidentActor, away: UUID | None
) -> dict[str, Any]:
    kept: dict[str, Any] = {"due_at": dues.of_task(case, change.after, change.at)}
    if case.accepted_at is None and change.after in ACCEPTED:
        kept["role"] = case.item.route[case.step - 1].role
    if isinstance(by, StaffActor) and change.taken_in is None:
        # Once decided, the result may be handed out by a colleague or by the accepting window.
        goes_on = change.after in RUNNING and _may_go_on(case, by, kept.get("role"))
        kept["assignee_id"] = (away or by.id) if goes_on else None
    return kept


def _may_go_on(case: Snapshot, by: StaffActor, role: Role | None) -> bool:
    """Whether the task is still the actor's: what a clerk has accepted may be an approver's."""
    return role is None or any(
        post.unit_code == case.holder_code and post.role is role for post in by.posts
    )


def _hands_on(case: Snapshot, change: Change, by: StaffActor | ResidentActor) -> bool:
    """Whether who accepts it leaves the step to others of the unit."""
    if change.action is not Action.ACCEPT or not isinstance(by, StaffActor):
        return False
    return not _may_go_on(case, by, case.item.route[case.step - 1].role)
