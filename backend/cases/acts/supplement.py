"""Answering the notice of what was missing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.record import form_history, objects, papers
from backend.cases.record.change import Change, write
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import CaseAlreadyOpen, DefectUnanswered
from backend.catalogue import conditions, forms
from backend.catalogue.conditions import Facts
from backend.errors import InvalidParam
from backend.identity import profiles
from backend.identity.actors import ResidentActor
from backend.identity.profiles import Profile
from config.clock import city_day
from notifications.telling import outbox


async def supplement(
    case_id: UUID,
    *,
    by: ResidentActor,
    now: datetime,
    form: dict[str, Any] | None,
    materials: list[tuple[str, UUID]],
) -> None:
    """Answer the notice 补正: papers replace those of their code, a form the whole form.

    Every paper and, by a new form, every field that the notice named must be answered.
    CaseAlreadyOpen where the form makes it about what another open case is about.
    """
    profile = await profiles.profile(by.id)
    try:
        await _write(case_id, by, now, profile=profile, form=form, materials=materials)
    except IntegrityError as error:
        if getattr(error.__cause__, "constraint_name", "") == "case_one_open":
            raise CaseAlreadyOpen from None
        raise
    outbox.wake()


async def _write(
    case_id: UUID,
    by: ResidentActor,
    now: datetime,
    *,
    profile: Profile,
    form: dict[str, Any] | None,
    materials: list[tuple[str, UUID]],
) -> None:
    async with in_transaction():
        case = await locked.by_applicant(case_id, Action.SUPPLEMENT, by=by)
        _check_answered(case, form, materials)
        filled = forms.check(case.item, form, profile) if form is not None else case.form or {}
        if form is not None:
            # As on the day it was handed in: a season may have ended while the notice ran.
            facts = Facts(filled, city_day(case.submitted_at), case.community_code)
            conditions.check(case.item.demands, facts)
        kept = _kept(case, materials)
        forms.check_materials(case.item, [*kept, *materials], filled)
        await papers.attach(case.id, materials, by=by, now=now)
        if form is not None:
            await form_history.add(case, filled, by=by, now=now)
        change = Change(Action.SUPPLEMENT, now)
        change.columns = {"resume_status": None, "supplement_sealed": None}
        if form is not None:
            change.columns["object_key"] = objects.key(case.item, filled)
        await write(case, change, by=by)


def _check_answered(
    case: Snapshot, form: dict[str, Any] | None, materials: list[tuple[str, UUID]]
) -> None:
    given = {code for code, _ in materials}
    asked = case.supplement["defects"] if case.supplement else []
    code = DefectUnanswered.code
    missing = [
        InvalidParam(f"materials.{defect['material_code']}", code, defect["reason"])
        for defect in asked
        if "material_code" in defect and defect["material_code"] not in given
    ]
    missing += [
        InvalidParam(f"form.{defect['field']}", code, defect["reason"])
        for defect in asked
        if "field" in defect and form is None
    ]
    if missing:
        raise DefectUnanswered(invalid_params=missing)


def _kept(case: Snapshot, materials: list[tuple[str, UUID]]) -> list[tuple[str, UUID]]:
    replaced = {code for code, _ in materials}
    return [(m.code, UUID(m.file_id)) for m in case.materials if m.code not in replaced]
