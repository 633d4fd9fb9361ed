"""Filing at a window 窗口代录: for whoever stands there, or for whom somebody else comes."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.cases.acts import submit
from backend.cases.acts.submit import Application, Window
from backend.cases.record.intake import Agent, Intake
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import OwnCase
from backend.errors import InvalidParam
from backend.identity import id_number as id_numbers
from backend.identity import names, phones
from backend.identity.actors import PostView, StaffActor
from backend.identity.profiles import Applicant
from backend.mandates import acting
from backend.mandates import statements as mandate_statements
from backend.mandates.mandates import Mandate
from backend.window import persons, posts, statements
from backend.window.refusals import (
    AgentInvalid,
    ConsentFileMissing,
    ConsentMandateUnclear,
    PhoneInvalid,
)
from config import vault
from config.clock import city_day
from config.database import connection
from models import Assurance, ConsentKind


@dataclass(frozen=True, kw_only=True)
class Consent:
    """How the person agreed that it is filed for them, with the photo where there is one.

    Who gave the unit a mandate need not come. `of_many` where the photo is of a list that others
    signed, too: it stays the window's, since each of them would read who the others are.
    """

    kind: ConsentKind
    file_id: UUID | None = None
    mandate_id: UUID | None = None
    of_many: bool = False


async def file(
    application: Application,
    *,
    person_id: UUID,
    consent: Consent,
    agent: Agent | None = None,
    unit_code: str | None = None,
    by: StaffActor,
    now: datetime,
) -> UUID:
    """File the application for the person, at the clerk's window of this unit; the case.

    Each row of a batch is one call. In a transaction of the caller's, which a refusal leaves whole:
    PersonNotFound, OwnCase where it is the clerk, WindowMissing, WindowUnclear, AgentInvalid, of
    the consent as `taken_in` and `mandate_of`, and as `submit.submit`, whose checks are the same.
    The person was seen at a window, which is the highest assurance; that there is one open case of
    an item counts for them, whoever files.
    """
    window = posts.window(by, unit_code)
    intake = await taken_in(consent, agent, by=by, now=now)
    found = await persons.one(person_id)
    oneself = [by.id, [found.id]]
    if await connection().execute_query_dict(mandate_statements.IS_ONESELF, oneself):
        raise OwnCase
    mandate = await mandate_of(
        intake, window, principal_id=found.id, item_code=application.item_code, now=now
    )
    case_id = await submit.file(
        application,
        applicant=Applicant(
            account=None,
            assurance=Assurance.REAL_NAME,
            person_id=found.id,
            profile=found.profile,
            works=found.works,
        ),
        window=Window(unit_code=window.unit_code, intake=intake),
        now=now,
    )
    if mandate is not None:
        await acting.record_unit(mandate, by=by, at=window, did=Action.SUBMIT, on=("case", case_id))
    return case_id


async def taken_in(
    consent: Consent, agent: Agent | None, *, by: StaffActor, now: datetime
) -> Intake:
    """What is kept of who agreed how; ConsentFileMissing, ConsentMandateUnclear, AgentInvalid.

    Nobody is the agent at their own window, as far as number or phone say who it is.
    """
    by_mandate = consent.kind is ConsentKind.MANDATE
    if by_mandate is (consent.mandate_id is None):
        raise ConsentMandateUnclear
    if consent.file_id is None and consent.kind in {ConsentKind.SIGNATURE, ConsentKind.PAPER}:
        raise ConsentFileMissing
    checked = _checked(agent, city_day(now)) if agent else None
    if checked:
        await _check_other(checked, by)
    return Intake(
        staff_id=by.id,
        consent=consent.kind,
        consent_file_id=consent.file_id,
        mandate_id=consent.mandate_id,
        of_many=consent.of_many,
        agent=checked,
    )


async def mandate_of(
    intake: Intake, window: PostView, *, principal_id: UUID, item_code: str, now: datetime
) -> Mandate | None:
    """The mandate of the window's unit that it rests on; None where the person agreed there.

    Within a transaction, until whose end it holds: MandateMissing, MandateExpired,
    MandateNotForItem or MandateRightMissing where it does not.
    """
    if intake.mandate_id is None:
        return None
    return await acting.by_unit(
        intake.mandate_id,
        unit_code=window.unit_code,
        principal_id=principal_id,
        item_code=item_code,
        now=now,
    )


def _checked(agent: Agent, today: date) -> Agent:
    """The agent in the spelling that is kept; AgentInvalid names what can't be true."""
    kept: Agent = {"name": names.canonical(agent["name"]), "relation": agent["relation"]}
    faults = {"name": names.fault(kept["name"])}
    if number := agent.get("id_number"):
        kept["id_number"] = id_numbers.canonical(number)
        faults["id_number"] = id_numbers.fault(id_numbers.canonical(number), today=today)
    if phone := agent.get("phone"):
        kept["phone"] = phone
        faults["phone"] = None if phones.is_mobile(phone) else PhoneInvalid.sentence
    wrong = [
        InvalidParam(f"agent.{name}", AgentInvalid.code, fault)
        for name, fault in faults.items()
        if fault
    ]
    if wrong:
        raise AgentInvalid(invalid_params=wrong)
    return kept


async def _check_other(agent: Agent, by: StaffActor) -> None:
    """AgentInvalid where the agent is the clerk."""
    number, phone = agent.get("id_number"), agent.get("phone")
    hashed = [
        number and vault.blind("id_number", number),
        phone and vault.blind("phone", phone),
    ]
    if not any(hashed):
        return
    rows = await connection().execute_query_dict(statements.IS_AGENT, [by.id, *hashed])
    if rows:
        name = "agent.id_number" if rows[0]["by_number"] else "agent.phone"
        reason = "这是收件人本人，收件人不能同时是代办人，请由同事受理"
        raise AgentInvalid(invalid_params=[InvalidParam(name, AgentInvalid.code, reason)])
