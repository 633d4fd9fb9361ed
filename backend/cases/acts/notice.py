"""Telling the applicant, once, of everything that is missing (行政许可法 32)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import locked, warning
from backend.cases.clock import limits
from backend.cases.record.change import Change
from backend.cases.record.snapshot import Snapshot
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import BEGINS, Action
from backend.cases.rules.refusals import DefectsInvalid, SupplementAlreadyRequested
from backend.cases.rules.said import AskedDefect, Supplement
from backend.catalogue import forms
from backend.errors import InvalidParam
from backend.identity.actors import StaffActor
from config import characters
from config.vault import sealed
from notifications.telling import outbox


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One thing to put right: a material (by code) or a place in the form (`forms.asks`)."""

    material_code: str | None = None
    field: str | None = None
    reason: str


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
        case = await locked.by_staff(case_id, Action.REQUEST_SUPPLEMENT, by=by, seen=seen)
        _check_defects(case, defects)
        if await _asked_before(case) and not characters.visible(override_reason or ""):
            raise SupplementAlreadyRequested
        due = limits.due_at(now, case.item.supplement_days, limits.Unit.CALENDAR_DAY)
        asked: Supplement = {
            "defects": [_asked(defect) for defect in defects],
            "due_at": due.isoformat(),
        }
        change = Change(Action.REQUEST_SUPPLEMENT, now)
        change.public = {"defects": asked["defects"], "due_at": asked["due_at"]}
        change.internal = {"note": note, "override_reason": override_reason}
        notice = sealed.seal_json("case", case.id, column="supplement", value=asked)
        change.columns = {
            "resume_status": case.status,
            "supplement_sealed": notice,
            "warn_at": warning.moment(due, now),
        }
        change.rejected = {d.material_code: d.reason for d in defects if d.material_code}
        await write(case, change, by=by)
    outbox.wake()


def _asked(defect: Defect) -> AskedDefect:
    if defect.material_code is not None:
        return {"material_code": defect.material_code, "reason": defect.reason}
    return {"field": defect.field or "", "reason": defect.reason}


async def _asked_before(case: Snapshot) -> bool:
    """Whether this stage already had its notice: before acceptance, or this step since it came.

    A unit that takes a step over does not begin it anew.
    """
    since = case.holder_since if case.accepted_at else case.submitted_at
    if any(event.action is Action.HANDOVER and event.at == since for event in case.events):
        since = max(event.at for event in case.events if event.action in BEGINS)
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
        InvalidParam(f"defects.{index}.field", "field_unknown", "该事项的表单没有这一栏")
        for index, defect in enumerate(defects)
        if defect.field is not None and not forms.asks(case.item, defect.field)
    ]
    wrong += [
        InvalidParam(f"defects.{index}", "defect_without_place", "请指明是哪份材料或哪个字段")
        for index, defect in enumerate(defects)
        if (defect.material_code is None) == (defect.field is None)
    ]
    if wrong:
        raise DefectsInvalid(invalid_params=wrong)
