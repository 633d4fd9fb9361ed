"""Writing a new case: one statement writes row, event, form, papers, task, message and answer."""

from collections.abc import Sequence
from uuid import UUID

from backend.cases.record import applicants, forms, intake, objects, outlooks, telling
from backend.cases.record.filing import statements
from backend.cases.record.intake import Intake
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import FINAL, Action
from backend.files import handing
from backend.files.refusals import FileUnknown
from backend.idempotency import keys
from backend.idempotency.keys import Once
from backend.organisation import queries as organisation
from config.clock import city_day
from config.database import connection
from config.vault import sealed
from models import CaseStatus, Role, uuid7
from notifications.telling import messages
from notifications.telling.outgoing import Outgoing, payload
from notifications.telling.recipients import UnitRole
from notifications.telling.wordings import Instead

OPEN = sorted(status for status in CaseStatus if status not in FINAL)
CREATED = 201


async def write(
    case: Snapshot,
    materials: Sequence[tuple[str, UUID]],
    *,
    object_key: str,
    once: Once | None,
    answer: bytes,
    draft_id: UUID | None = None,
    taken_in: Intake | None = None,
    agent: UUID | None = None,
) -> bool:
    """Write it, its files as (code, file id), and the answer under the key; whether it was written.

    `object_key` is that of what the case is about. The applicant's draft `draft_id` goes with it;
    with `taken_in` it is a window's, and has no draft; `agent` is the account of who files it for
    the subject, with a draft of their own. Not written where this account has an open case of the
    same from before it was known whose. Raises FileUnknown, and IntegrityError where a
    unique key is taken.
    """
    files = [file_id for _, file_id in materials]
    handed_in = {*files}
    if taken_in and taken_in.consent_file_id:
        handed_in.add(taken_in.consent_file_id)
    told = await _to_applicant(case)
    code, form_id = case.query_code or "", uuid7()
    parameters = [
        *statements.NEW.parameters(
            case,
            created_at=case.submitted_at,
            subject_id=case.subject_id,
            filed_by=case.filed_by,
            filed_by_id=taken_in.staff_id if taken_in else agent or case.resident_id,
            received_unit_id=case.received_unit_code,
            object_key=object_key,
            named_hash=objects.named(case.form or {}),
            query_code_sealed=sealed.seal("case", case.id, column="query_code", text=code),
        ),
        files,
        len(handed_in),
        [code for code, _ in materials],
        form_id,
        forms.sealed(case.form or {}, form_id),
        payload(*told, _to_unit(case, taken_in)),
        *(once.parameters(CREATED, answer) if once else keys.NOT_KEYED),
    ]
    statement = statements.SUBMIT
    if agent and case.subject_id:
        statement = statements.SUBMIT_BY_AGENT
        hashes = await handing.name_hashes(files, owner=case.subject_id)
        parameters += [draft_id, [hashes.get(file_id, "") for file_id in files]]
    elif draft_id:
        statement = statements.SUBMIT_DRAFT
        parameters.append(draft_id)
    if taken_in and case.subject_id:
        statement = statements.SUBMIT_AT_WINDOW
        parameters += await intake.parameters(
            taken_in,
            files,
            person_id=case.subject_id,
            unit_code=case.received_unit_code or "",
        )
    written = (await connection().execute_query_dict(statement, parameters))[0]
    if not written["open"] and not written["made"]:
        raise FileUnknown
    return not written["open"]


async def _to_applicant(case: Snapshot) -> list[Outgoing]:
    """What each of `applicants.of` is told of it."""
    action, window = str(Action.SUBMIT), ""
    if case.resident_id is None:
        by_window = Instead.UNIT if case.by_mandate else Instead.WINDOW
        by = Instead.AGENT if case.received_unit_code is None else by_window
        action = by.of(action)
    if case.received_unit_code is not None:
        window = organisation.known_or_not(case.received_unit_code).name
    at, due = case.submitted_at, city_day(case.notice_due_at)
    told = [
        telling.as_it_is(case, action, to, at=at, due=due, window=window)
        for to in await applicants.of(case)
    ]
    return await outlooks.with_reserves(told, new=case.item)


def _to_unit(case: Snapshot, taken_in: Intake | None) -> Outgoing:
    return messages.staff_message(
        Action.SUBMIT,
        to=UnitRole(case.holder_code, Role.CLERK),
        case_id=case.id,
        number=case.number,
        item_name=case.item.name,
        at=case.submitted_at,
        due=city_day(case.notice_due_at),
        by_staff_id=taken_in.staff_id if taken_in else None,
    )
