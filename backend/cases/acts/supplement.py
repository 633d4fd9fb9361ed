"""Answering the notice of what was missing."""

import contextlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend.cases.acts import locked
from backend.cases.acts.submit import Window
from backend.cases.record import form_history, intake, objects, papers
from backend.cases.record.change import Change
from backend.cases.record.snapshot import Snapshot
from backend.cases.record.writing import write
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import ApplicantChanged, CaseAlreadyOpen, DefectUnanswered
from backend.catalogue import conditions, forms
from backend.catalogue.conditions import AGENT, Facts
from backend.errors import InvalidParam
from backend.files import handing
from backend.files.owners import Owner
from backend.identity import profiles
from backend.identity.actors import ResidentActor, StaffActor
from backend.identity.profiles import Profile
from backend.mandates.acting import Behalf
from config.clock import city_day
from notifications.telling import outbox

_NAME = {"applicant", "applicant.name"}


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
    CaseAlreadyOpen where the form makes it about what another open case is about, ApplicantChanged
    where it makes it somebody else's.
    """
    profile = await profiles.profile(by.id)
    async with _about_one(), in_transaction():
        case = await locked.by_applicant(case_id, Action.SUPPLEMENT, by=by)
        filled = _checked(case, form, materials, profile=profile)
        await papers.attach(case.id, materials, by=by, now=now)
        if form is not None:
            await form_history.add(case, filled, by=by, now=now)
        await write(case, _change(case, filled if form is not None else None, now), by=by)
    outbox.wake()


async def for_principal(
    case_id: UUID,
    behalf: Behalf,
    *,
    now: datetime,
    form: dict[str, Any] | None,
    materials: list[tuple[str, UUID]],
) -> None:
    """The same for who gave a mandate, in whose transaction it is to be called.

    What the agent uploaded for it becomes the principal's. Further FileUnknown.
    """
    principal = await profiles.principal(behalf.principal_id)
    async with _about_one():
        case = await locked.by_agent(case_id, Action.SUPPLEMENT, behalf=behalf)
        filled = _checked(case, form, materials, profile=principal.profile)
        files = {file_id for _, file_id in materials}
        giver = Owner("resident", behalf.agent.id)
        await handing.hand_over([*files], giver=giver, person_id=behalf.principal_id)
        await papers.put(case.id, materials, now=now)
        if form is not None:
            await form_history.add(case, filled, by=behalf.agent, now=now)
        change = _change(case, filled if form is not None else None, now)
        change.by_agent()
        await write(case, change, by=behalf.agent)


async def at_window(
    case_id: UUID,
    *,
    by: StaffActor,
    window: Window,
    seen: int,
    now: datetime,
    profile: Profile,
    form: dict[str, Any] | None,
    materials: list[tuple[str, UUID]],
) -> None:
    """The same at a window, for the person of this profile; their papers are what a clerk scanned.

    What was scanned becomes the person's. Further FileUnknown.
    """
    async with _about_one(), in_transaction():
        case = await locked.at_window(case_id, Action.SUPPLEMENT, by=by, seen=seen)
        filled = _checked(case, form, materials, profile=profile, at_window=True)
        files = [file_id for _, file_id in materials]
        await intake.hand_over(window.intake, files, person_id=case.subject_id)
        await papers.put(case.id, materials, now=now)
        if form is not None:
            await form_history.add(case, filled, by=by, now=now)
        change = _change(case, filled if form is not None else None, now)
        change.at_window(window.unit_code, window.intake)
        await write(case, change, by=by)
    outbox.wake()


@contextlib.asynccontextmanager
async def _about_one() -> AsyncIterator[None]:
    try:
        yield
    except IntegrityError as error:
        if getattr(error.__cause__, "constraint_name", "") == "case_one_open":
            raise CaseAlreadyOpen from None
        raise


def _checked(
    case: Snapshot,
    form: dict[str, Any] | None,
    materials: list[tuple[str, UUID]],
    *,
    profile: Profile,
    at_window: bool = False,
) -> dict[str, Any]:
    """The form that counts from now on, once all that was asked for is answered."""
    _check_answered(case, form, materials)
    if form is None:
        filled = case.form or {}
    else:
        filled = forms.check(case.item, form, profile, at_window=at_window)
        _check_applicant(case, filled, at_window=at_window)
        # As on the day it was handed in: a season may have ended while the notice ran.
        facts = Facts(filled, city_day(case.submitted_at), case.community_code)
        conditions.check(case.item.demands, facts)
    forms.check_materials(case.item, [*_kept(case, materials), *materials], filled)
    return filled


def _check_applicant(case: Snapshot, filled: dict[str, Any], *, at_window: bool) -> None:
    """The case stays about whom it was; of a name that the notice named a typo may be put right.

    The name of who is proven to be the applicant is theirs, and may be another by now.
    """
    (number, name), (was, called) = forms.applicant(filled), forms.applicant(case.form or {})
    if was is not None and number != was:
        raise ApplicantChanged
    asked = case.supplement["defects"] if case.supplement else []
    named = {defect.get("field", "").removeprefix("form.") for defect in asked}
    proven = case.subject_id is not None and (at_window or AGENT not in filled)
    if called is not None and name != called and not proven and not named & _NAME:
        raise ApplicantChanged


def _change(case: Snapshot, new_form: dict[str, Any] | None, now: datetime) -> Change:
    change = Change(Action.SUPPLEMENT, now)
    change.columns = {"resume_status": None, "supplement_sealed": None, "warn_at": None}
    if new_form is not None:
        change.columns["object_key"] = objects.key(case.item, new_form)
        change.columns["named_hash"] = objects.named(new_form)
    return change


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
