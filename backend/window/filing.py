"""Filing at a window 窗口代录: for whoever stands there, or for whom somebody else comes."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.cases.acts import submit
from backend.cases.acts.submit import Application, Window
from backend.cases.record.intake import Agent, Intake
from backend.errors import InvalidParam
from backend.identity import id_number as id_numbers
from backend.identity import names, phones
from backend.identity.actors import StaffActor
from backend.identity.profiles import Applicant
from backend.window import persons, posts
from backend.window.refusals import AgentInvalid, ConsentFileMissing, PhoneInvalid
from config.clock import city_day
from models import Assurance, ConsentKind


@dataclass(frozen=True, kw_only=True)
class Consent:
    """How the person agreed that it is filed for them, with the photo where there is one."""

    kind: ConsentKind
    file_id: UUID | None = None


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
    PersonNotFound, WindowMissing, WindowUnclear, ConsentFileMissing, AgentInvalid, and as
    `submit.submit`, whose checks are the same. The person was seen at a window, which is the
    highest assurance; that there is one open case of an item counts for them, whoever files.
    """
    window = posts.window(by, unit_code)
    intake = taken_in(consent, agent, by=by, now=now)
    found = await persons.one(person_id)
    return await submit.file(
        application,
        applicant=Applicant(
            account=None,
            assurance=Assurance.REAL_NAME,
            person_id=found.id,
            profile=found.profile,
        ),
        window=Window(unit_code=window.unit_code, intake=intake),
        now=now,
    )


def taken_in(consent: Consent, agent: Agent | None, *, by: StaffActor, now: datetime) -> Intake:
    """What is kept of who agreed how; ConsentFileMissing, AgentInvalid."""
    if consent.file_id is None and consent.kind is not ConsentKind.ORAL:
        raise ConsentFileMissing
    return Intake(
        staff_id=by.id,
        consent=consent.kind,
        consent_file_id=consent.file_id,
        agent=_checked(agent, city_day(now)) if agent else None,
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
