"""Submitting a case: everything is checked and known first, then one statement writes it all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from backend.cases.acts import statements
from backend.cases.clock import history
from backend.cases.record import numbers, objects, recusals, snapshot, times
from backend.cases.record.filing import new
from backend.cases.record.intake import Intake
from backend.cases.record.snapshot import Event, Snapshot
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import CaseAlreadyOpen, CommunityRequired, StepUnitUnknown
from backend.catalogue import conditions, forms
from backend.catalogue import queries as catalogue
from backend.catalogue.conditions import Facts
from backend.catalogue.queries import ItemVersion
from backend.catalogue.refusals import ItemBookedOnly
from backend.idempotency.keys import Once
from backend.idempotency.refusals import IdempotencyKeyInFlight
from backend.identity import profiles
from backend.identity.actors import ResidentActor
from backend.identity.profiles import Applicant
from backend.mandates import acting
from backend.mandates.acting import Behalf
from backend.organisation import queries as organisation
from backend.organisation.queries import NoSuchUnit, Unit
from config.clock import city_day
from config.database import connection
from models import CaseStatus, FiledBy, Flow, Right, uuid7
from notifications.telling import outbox


@dataclass(frozen=True, kw_only=True)
class Application:
    """What the applicant hands in; materials are (material code, file id) pairs.

    The draft that it was begun as goes with it, if there is one.
    """

    item_code: str
    form: dict[str, Any]
    materials: list[tuple[str, UUID]]
    community_code: str | None = None
    draft_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Window:
    """The unit that acts for whoever stands there, and what it keeps of that."""

    unit_code: str
    intake: Intake


@dataclass(frozen=True, kw_only=True)
class _Checked:
    """An application that may be filed, with what was found out on the way; `form` is filled in."""

    application: Application
    item: ItemVersion
    applicant: Applicant
    community: Unit
    form: dict[str, Any]
    window: Window | None = None
    agent: UUID | None = None


async def submit(
    application: Application,
    *,
    resident_id: UUID,
    now: datetime,
    once: Once | None,
    render: Callable[[Snapshot], bytes],
) -> bytes:
    """Take the resident's application and give its rendered answer, kept with the key.

    Raises ItemUnknown, ItemBookedOnly, AssuranceTooLow, CommunityRequired, CommunityUnknown,
    FormInvalid, ConditionUnmet, MaterialMissing, MaterialUnknown, FileUnknown, CaseAlreadyOpen, or
    StepUnitUnknown where the data files lack a unit of the route.
    """
    item = await catalogue.current(application.item_code)
    applicant = await profiles.applicant(resident_id)
    checked = _check(application, item, applicant, now)
    _, answer = await _filed(checked, now, once=once, render=render)
    return answer


async def submit_for(
    application: Application,
    mandate_id: UUID,
    *,
    by: ResidentActor,
    now: datetime,
    once: Once | None,
    render: Callable[[Snapshot, Behalf], bytes],
) -> bytes:
    """Take the application of an agent for the principal of their mandate, who is told.

    The case is the principal's alone; the mandate stays as it is until it is written. Raises as
    `submit` and as `acting.on_behalf`.
    """
    async with in_transaction():
        behalf = await acting.on_behalf(
            mandate_id, by=by, right=Right.SUBMIT, item_code=application.item_code, now=now
        )
        item = await catalogue.current(application.item_code)
        principal = await profiles.principal(behalf.principal_id)
        checked = replace(_check(application, item, principal, now), agent=by.id)
        case_id, answer = await _filed(
            checked, now, once=once, render=lambda case: render(case, behalf)
        )
        await acting.record(behalf, did=Action.SUBMIT, on=("case", case_id))
    # Only now can the workers see what there is to send.
    outbox.wake()
    return answer


async def file(
    application: Application, *, applicant: Applicant, window: Window, now: datetime
) -> UUID:
    """Take the application of a person whom a window has before it; the case.

    To be called in a transaction, which a refusal leaves whole. Raises as `submit`.
    """
    item = await catalogue.current(application.item_code)
    checked = _check(application, item, applicant, now, window)
    case_id, _ = await _filed(checked, now, once=None, render=lambda _case: b"")
    return case_id


async def _filed(
    checked: _Checked, now: datetime, *, once: Once | None, render: Callable[[Snapshot], bytes]
) -> tuple[UUID, bytes]:
    while True:
        case = await _drafted(checked, now)
        answer = render(case)
        try:
            written = await _written(checked, case, once=once, answer=answer)
        except IntegrityError as error:
            await _refuse_or_retry(error, checked)
            continue
        if not written:
            raise CaseAlreadyOpen
        outbox.wake()
        return case.id, answer


async def _written(checked: _Checked, case: Snapshot, *, once: Once | None, answer: bytes) -> bool:
    application, window = checked.application, checked.window
    write = partial(
        new.write,
        case,
        application.materials,
        object_key=objects.key(checked.item, checked.form),
        once=once,
        answer=answer,
        draft_id=application.draft_id,
    )
    works = checked.applicant.works or checked.agent is not None
    if window is None and not works:
        return await write()
    # A savepoint: the transaction goes on after a violated constraint.
    async with in_transaction():
        written = await write(taken_in=window.intake if window else None, agent=checked.agent)
        # Seldom: who would take it up is whose it is.
        if written and works:
            told = await recusals.nobody_left(case, case.holder_code, at=case.submitted_at)
            await outbox.enqueue(*told)
    return written


def _check(  # noqa: PLR0917 - who applies for what, when and where
    application: Application,
    item: ItemVersion,
    applicant: Applicant,
    now: datetime,
    window: Window | None = None,
) -> _Checked:
    if item.flow is Flow.BOOKING:
        raise ItemBookedOnly
    profiles.check_assurance(applicant, item.min_assurance, what=item.name)
    community = _community(application, applicant, now)
    form = forms.check(item, application.form, applicant.profile, at_window=window is not None)
    conditions.check(item.demands, Facts(form, city_day(now), community.code))
    forms.check_materials(item, application.materials, form)
    return _Checked(
        application=application,
        item=item,
        applicant=applicant,
        community=community,
        form=form,
        window=window,
    )


def _community(application: Application, applicant: Applicant, now: datetime) -> Unit:
    home = applicant.profile["community"]
    code = application.community_code or (home["code"] if home else None)
    if not code:
        raise CommunityRequired
    return organisation.community(code, on=city_day(now))


def _units(item: ItemVersion, community: Unit) -> tuple[Unit, Unit]:
    """Who takes the first step, and the department that answers for the item."""
    try:
        holder = organisation.step_unit(item.route[0], community.code, item.department_code)
        return holder, organisation.department_unit(item, community.code)
    except NoSuchUnit:
        raise StepUnitUnknown from None


async def _drafted(checked: _Checked, now: datetime) -> Snapshot:
    """The case as it will be written, each time under a fresh id and number."""
    item, community = checked.item, checked.community
    holder, department = _units(item, community)
    told_at = times.city_text(now)
    event = Event(1, told_at, Action.SUBMIT, holder.code, {}, CaseStatus.SUBMITTED)
    clocks = history.clocks([event], item)
    return Snapshot(
        id=uuid7(),
        number=await numbers.next_number(community.code, city_day(now)),
        resident_id=checked.applicant.account,
        item=item,
        item_code=item.code,
        item_version_id=item.id,
        community_code=community.code,
        community_path=community.path,
        department_unit_code=department.code,
        status=CaseStatus.SUBMITTED,
        resume_status=None,
        step=1,
        holder_code=holder.code,
        holder_since=now,
        outcome=None,
        submitted_at=now,
        accepted_at=None,
        decided_at=None,
        closed_at=None,
        notice_due_at=clocks.notice_due_at,
        promised_due_at=clocks.promised_due_at,
        statutory_due_at=clocks.statutory_due_at,
        version=1,
        subject_id=checked.applicant.person_id,
        filed_by=FiledBy.STAFF if checked.window else FiledBy.ACCOUNT,
        received_unit_code=checked.window.unit_code if checked.window else None,
        by_mandate=checked.window is not None and checked.window.intake.mandate_id is not None,
        form=checked.form,
        form_no=1,
        query_code=numbers.query_code(),
        events=(event,),
        materials=snapshot.first_materials(checked.application.materials),
    )


async def _refuse_or_retry(error: IntegrityError, checked: _Checked) -> None:
    """Raise what the violated constraint means; return where another try helps."""
    constraint = getattr(error.__cause__, "constraint_name", "")
    if constraint == "case_one_open":
        owner = checked.applicant.person_id or checked.applicant.account
        found = await connection().execute_query_dict(
            statements.IN_THE_WAY,
            [owner, checked.item.code, objects.key(checked.item, checked.form), new.OPEN],
        )
        if found:
            raise CaseAlreadyOpen from None
        return
    if constraint == "idempotency_key_pkey":
        raise IdempotencyKeyInFlight from None
    if constraint != "case_number_key":
        raise error
