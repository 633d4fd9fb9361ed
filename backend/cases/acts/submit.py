"""Submitting a case: everything is checked and known first, then one statement writes it all."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.exceptions import IntegrityError

from backend.cases.clock import history
from backend.cases.record import numbers, snapshot
from backend.cases.record.columns import Insert
from backend.cases.record.snapshot import Event, Snapshot
from backend.cases.rules import texts
from backend.cases.rules.lifecycle import FINAL, Action
from backend.cases.rules.refusals import (
    CaseAlreadyOpen,
    CommunityRequired,
    FileUnknown,
    StepUnitUnknown,
)
from backend.catalogue import forms
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import ItemVersion
from backend.idempotency import keys
from backend.idempotency.keys import Once
from backend.idempotency.refusals import IdempotencyKeyInFlight
from backend.identity import profiles
from backend.identity.profiles import Applicant
from backend.identity.refusals import AssuranceTooLow
from backend.organisation import queries as organisation
from backend.organisation.queries import NoSuchUnit, Unit
from config import vault
from config.clock import CITY_TIME, city_day
from config.database import connection
from models import Assurance, CaseStatus, uuid7
from notifications.telling import outbox, words

OPEN = sorted(status for status in CaseStatus if status not in FINAL)
_NEW = Insert(
    snapshot.OF_CASE,
    created_at="timestamptz",
    person_key="varchar",
    subject_key="varchar",
    sealed="bytea",
)
# What follows the columns of the case.
_FILES, _FILE_COUNT, _OPEN, _EVENT_ID, _PAPER_IDS, _PAPER_CODES, _TASK_ID, _TOLD, _KEY = range(
    _NEW.count + 1, _NEW.count + 10
)
# Locks in this order: the files, for as long as the statement; the case's unique keys; the key's.
_STATEMENT = f"""
WITH files AS (
    -- Held until the end: a file whose days are over is swept before this, or not at all.
    SELECT count(*) AS found FROM (
        SELECT FROM stored_file WHERE resident_id = {_NEW.of("resident_id")}
            AND id = ANY(${_FILES}::uuid[]) FOR KEY SHARE
    ) AS held
), earlier AS (
    -- Filed by this account before its real name was known, so under another person key.
    SELECT count(*) AS open FROM "case" WHERE resident_id = {_NEW.of("resident_id")}
        AND item_id = {_NEW.of("item_id")} AND subject_key = {_NEW.of("subject_key")}
        AND person_key <> {_NEW.of("person_key")} AND status = ANY(${_OPEN}::varchar[])
), new_case AS (
    INSERT INTO "case" ({_NEW.columns}) SELECT {_NEW.values}
    FROM files, earlier WHERE found = ${_FILE_COUNT}::int AND open = 0
    RETURNING id, created_at, resident_id, status, step, holder_id, notice_due_at
), new_event AS (
    INSERT INTO case_event (id, created_at, case_id, seq, action, actor, actor_id, after, step,
                            unit_id)
    SELECT ${_EVENT_ID}::uuid, created_at, id, 1, 'submit', 'resident', resident_id, status, step,
           holder_id
    FROM new_case
), new_materials AS (
    INSERT INTO case_material (id, created_at, case_id, code, file_id, verdict)
    SELECT m.id, created_at, new_case.id, m.code, m.file_id, 'pending'
    FROM new_case, unnest(${_PAPER_IDS}::uuid[], ${_PAPER_CODES}::varchar[], ${_FILES}::uuid[])
        AS m(id, code, file_id)
), new_task AS (
    INSERT INTO task (id, created_at, case_id, step, unit_id, role, due_at)
    SELECT ${_TASK_ID}::uuid, created_at, id, step, holder_id, 'clerk', notice_due_at
    FROM new_case
), {outbox.cte(f"${_TOLD}", "new_case")}, {keys.cte(_KEY, "new_case")}
SELECT (SELECT count(*) FROM new_case) AS made, open FROM earlier
"""


# Whether the case in the way is the account's own; no row where it has ended meanwhile.
_IN_THE_WAY = """
SELECT resident_id = $1 AS own FROM "case"
WHERE person_key = $2 AND item_id = $3 AND subject_key = $4 AND status = ANY($5::varchar[])
"""


@dataclass(frozen=True, kw_only=True)
class Application:
    """What the applicant hands in; materials are (material code, file id) pairs."""

    item_code: str
    form: dict[str, Any]
    materials: list[tuple[str, UUID]]
    community_code: str | None = None


async def submit(
    application: Application,
    *,
    resident_id: UUID,
    now: datetime,
    once: Once | None,
    render: Callable[[Snapshot], bytes],
) -> bytes:
    """Take the resident's application and give its rendered answer, kept with the key.

    Raises ItemUnknown, AssuranceTooLow, CommunityRequired, CommunityUnknown, FormInvalid,
    MaterialMissing, MaterialUnknown, FileUnknown, CaseAlreadyOpen, or StepUnitUnknown where the
    data files lack a unit of the route.
    """
    item = await catalogue.current(application.item_code)
    applicant = await profiles.applicant(resident_id)
    _check_assurance(applicant, item)
    community = _community(application, applicant, now)
    form = forms.check(item, application.form, applicant.profile)
    forms.check_materials(item, application.materials, form)
    while True:
        case = await _drafted(application, item, community, form, now, applicant)
        answer = render(case)
        try:
            await _write(case, application, applicant, now, once, answer)
        except IntegrityError as error:
            await _refuse_or_retry(error, case, applicant)
            continue
        outbox.wake()
        return answer


def _check_assurance(applicant: Applicant, item: ItemVersion) -> None:
    order = list(Assurance)
    if order.index(applicant.assurance) < order.index(item.min_assurance):
        step = "完成实名认证" if item.min_assurance is Assurance.REAL_NAME else "绑定手机号"
        raise AssuranceTooLow(f"办理“{item.name}”需要先{step}")


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


async def _drafted(  # noqa: PLR0917 - everything a case is made of
    application: Application,
    item: ItemVersion,
    community: Unit,
    form: dict[str, Any],
    now: datetime,
    applicant: Applicant,
) -> Snapshot:
    day = city_day(now)
    holder, department = _units(item, community)
    event = Event(
        1, now.astimezone(CITY_TIME), Action.SUBMIT, holder.code, {}, CaseStatus.SUBMITTED
    )
    return Snapshot(
        id=uuid7(),
        number=await numbers.next_number(community.code, day),
        resident_id=applicant.id,
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
        **asdict(history.clocks([event], item)),
        version=1,
        form=form,
        query_code=numbers.query_code(),
        events=(event,),
        materials=snapshot.first_materials(application.materials),
    )


async def _write(  # noqa: PLR0917 - one argument for each part of the statement
    case: Snapshot,
    application: Application,
    applicant: Applicant,
    now: datetime,
    once: Once | None,
    answer: bytes,
) -> None:
    files = [file_id for _, file_id in application.materials]
    told = words.case_message(
        Action.SUBMIT,
        resident_id=applicant.id,
        case_id=case.id,
        number=case.number,
        item_name=case.item.name,
        status_text=texts.STATUS[CaseStatus.SUBMITTED],
        at=now,
        due=city_day(case.notice_due_at),
    )
    form = case.form or {}
    kept = _NEW.parameters(
        case,
        created_at=now,
        person_key=applicant.person_key,
        subject_key=_subject_key(case.item, form),
        sealed=snapshot.sealed(form, case.query_code or "", case.id),
    )
    parameters: list[Any] = [
        *kept,
        files,
        len(set(files)),
        OPEN,
        uuid7(),
        [uuid7() for _ in files],
        [code for code, _ in application.materials],
        uuid7(),
        outbox.payload(told),
        *(once.parameters(201, answer) if once else keys.NOT_KEYED),
    ]
    written = (await connection().execute_query_dict(_STATEMENT, parameters))[0]
    if written["open"]:
        raise CaseAlreadyOpen(own=True)
    if not written["made"]:
        raise FileUnknown


def _subject_key(item: ItemVersion, form: dict[str, Any]) -> str:
    """What the application is about, blinded; '' where an item has only one such thing."""
    values = [forms.at(form, pointer) for pointer in item.object_fields]
    return vault.blind("subject", orjson.dumps(values).decode()) if values else ""


async def _refuse_or_retry(error: IntegrityError, case: Snapshot, applicant: Applicant) -> None:
    """Raise what the violated constraint means; return where another try helps."""
    constraint = getattr(error.__cause__, "constraint_name", "")
    if constraint == "case_one_open":
        subject = _subject_key(case.item, case.form or {})
        found = await connection().execute_query_dict(
            _IN_THE_WAY, [applicant.id, applicant.person_key, case.item.code, subject, OPEN]
        )
        if found:
            raise CaseAlreadyOpen(own=found[0]["own"]) from None
        return
    if constraint == "idempotency_key_pkey":
        raise IdempotencyKeyInFlight from None
    if constraint != "case_number_key":
        raise error
