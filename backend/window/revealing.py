"""Opening what is masked: for whoever works on the case, for a purpose, and only what it needs."""

from typing import Any
from uuid import UUID

from backend import audit
from backend.audit import Act
from backend.audit.purposes import AccessPurpose
from backend.cases.reading import desk as desks
from backend.cases.reading import queries, scope
from backend.cases.record import intake, recusals
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import rights
from backend.cases.rules.lifecycle import FINAL
from backend.cases.rules.refusals import CaseNotFound, NotYourUnit, RoleMissing
from backend.catalogue import forms
from backend.identity import profiles
from backend.identity.actors import PostView, StaffActor
from backend.refusals import ActionNotAllowed
from backend.window.refusals import FieldNotNeeded, FieldsUnknown
from models import Role

_PERSON = frozenset({"name", "phone"})
_FORM = "form."
_APPLICANT = "applicant."
_AGENT = "agent."
_OF_PEOPLE = frozenset({"name", "phone", "id_number"})
NEEDED = {
    AccessPurpose.INTAKE: frozenset[str](),
    AccessPurpose.PROGRESS: _PERSON,
    AccessPurpose.CONTACT: _PERSON,
    AccessPurpose.COMPLAINT: _PERSON,
    AccessPurpose.DELIVERY: _PERSON | {"address"},
    AccessPurpose.PAYMENT: frozenset({"name", "id_number", "bank_account"}),
}
"""Of which kinds what is masked may be opened for a purpose; for `check` all."""
COUNTER = frozenset({"applicant.name", "applicant.phone", "agent.name", "agent.phone"})
"""All that the window which filed the case may open: it calls whoever it was for, or who came."""


async def reveal(
    case_id: UUID,
    fields: list[str],
    *,
    by: StaffActor,
    purpose: AccessPurpose,
    words: str | None,
) -> dict[str, str | None]:
    """The values of these masked fields; recorded before they are handed out.

    Raises CaseNotFound, NotYourUnit, RoleMissing, ActionNotAllowed for a case that is over,
    StaffRecused, OwnCase, FieldsUnknown, FieldNotNeeded.
    """
    case = await queries.one(case_id)
    post, counter = _post(case, by)
    await recusals.check(case_id, by)
    values = await _values(case, fields)
    if unknown := [field for field in fields if field not in values]:
        raise FieldsUnknown(unknown)
    needed = NEEDED.get(purpose)
    if surplus := [
        field
        for field, (kind, _) in values.items()
        if (needed is not None and kind not in needed) or (counter and field not in COUNTER)
    ]:
        raise FieldNotNeeded(surplus)
    await audit.record(
        Act.REVEAL,
        by=by.acting,
        on=("case", case_id),
        resident=case.resident_id,
        purpose=purpose,
        details={
            "fields": sorted(values),
            "unit": post.unit_code,
            "role": post.role,
            "words": words,
        },
    )
    return {field: value for field, (_, value) in values.items()}


def _post(case: Snapshot, by: StaffActor) -> tuple[PostView, bool]:
    """The post that looks, and whether it does so only at the window that filed the case."""
    desk = desks.of(case)
    if not scope.sees(by, case):
        raise CaseNotFound
    if case.status in FINAL:
        raise ActionNotAllowed
    accepted = case.accepted_at is not None
    for post in by.posts:
        if rights.may_reveal([post], desk, case.status, accepted=accepted):
            return post, False
    for post in by.posts:
        if post.role is Role.CLERK and post.unit_code == case.received_unit_code:
            return post, True
    if any(post.unit_code == desk.holder_code for post in by.posts):
        raise RoleMissing
    raise NotYourUnit


async def _values(case: Snapshot, fields: list[str]) -> dict[str, tuple[str, str | None]]:
    """Each field that there is, by its kind of mask; an applicant's may be unknown.

    The agent is who came last to a window in the applicant's place.
    """
    agent = await _agent(case) if any(field.startswith(_AGENT) for field in fields) else {}
    known: dict[str, Any] = dict(await profiles.known(case.resident_id, case.subject_id))
    found: dict[str, tuple[str, str | None]] = {}
    for field in fields:
        kind = field.removeprefix(_APPLICANT)
        if field.startswith(_APPLICANT) and kind in _OF_PEOPLE:
            found[field] = kind, known[kind]
        elif field.startswith(_AGENT) and (asked := field.removeprefix(_AGENT)) in _OF_PEOPLE:
            found |= {field: (asked, agent[asked])} if asked in agent else {}
        elif field.startswith(_FORM) and (
            answer := forms.hidden(case.item, case.form or {}, field.removeprefix(_FORM))
        ):
            found[field] = answer
    return found


async def _agent(case: Snapshot) -> dict[str, str]:
    kept = await intake.of_case(case.id)
    came = [agent for seq in sorted(kept) if (agent := kept[seq].agent)]
    return {name: str(said) for name, said in came[-1].items() if said} if came else {}
