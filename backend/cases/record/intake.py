"""How a window took something in: who agreed how, and who stood there for the applicant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from backend.cases.record import statements
from backend.files import handing
from backend.files.owners import Owner
from backend.files.refusals import FileUnknown
from config.database import connection
from config.vault import sealed
from models import CaseIntake, ConsentKind, uuid7

Relation = Literal["spouse", "child", "parent", "relative", "community_worker", "other"]
"""What an agent is to whom they come for; as the forms' block `agent` has it."""


class Agent(TypedDict):
    """Who stood at the window in the applicant's place."""

    name: str
    relation: Relation
    id_number: NotRequired[str | None]
    phone: NotRequired[str | None]


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Kept with what a member of staff hands in for a person, who came or gave a mandate.

    `of_many` where the consent's photo is a list that several signed, which stays the window's.
    """

    staff_id: UUID
    consent: ConsentKind
    consent_file_id: UUID | None = None
    mandate_id: UUID | None = None
    of_many: bool = False
    agent: Agent | None = field(default=None, repr=False)


class TakenIn(NamedTuple):
    """The same as it is read again, without who did it."""

    consent: ConsentKind
    consent_file_id: UUID | None
    mandate_id: UUID | None
    agent: Agent | None


async def parameters(
    intake: Intake, files: list[UUID], *, person_id: UUID, unit_code: str
) -> list[Any]:
    """What `filing.statements.SUBMIT_AT_WINDOW` takes after the rest; `files` are the papers."""
    handed_in = _handed_in(intake, files)
    hashes = await handing.name_hashes(handed_in, owner=person_id)
    if intake.of_many and intake.consent_file_id:
        hashes |= await handing.name_hashes([intake.consent_file_id], owner=unit_code)
    intake_id = uuid7()
    return [
        handed_in,
        [hashes.get(file_id, "") for file_id in handed_in],
        intake_id,
        intake.consent,
        intake.consent_file_id,
        _sealed(intake, intake_id),
        intake.mandate_id,
        intake.of_many,
    ]


async def keep(intake: Intake, *, case_id: UUID, seq: int, at: datetime) -> None:
    """Keep it with this event of a case that there is already."""
    intake_id = uuid7()
    await CaseIntake.create(
        id=intake_id,
        created_at=at,
        case_id=case_id,
        seq=seq,
        consent=intake.consent,
        consent_file_id=intake.consent_file_id,
        mandate_id=intake.mandate_id,
        agent_sealed=_sealed(intake, intake_id),
    )


async def hand_over(intake: Intake, files: list[UUID], *, person_id: UUID | None) -> None:
    """Make what the clerk scanned the person's, the photo of the consent too.

    Within the caller's transaction; FileUnknown where one is another's or has been swept.
    """
    if person_id is None:
        raise FileUnknown
    handed_in = _handed_in(intake, files)
    await handing.hand_over(handed_in, giver=Owner("staff", intake.staff_id), person_id=person_id)


async def of_case(case_id: UUID) -> dict[int, TakenIn]:
    """What was kept with the case, by the number of the event: 1 where a window filed it."""
    rows = await connection().execute_query_dict(statements.INTAKE, [case_id])
    return {row["seq"]: _taken_in(row) for row in rows}


def _taken_in(row: Mapping[str, Any]) -> TakenIn:
    agent = sealed.unseal_json("case_intake", row["id"], column="agent", stored=row["agent_sealed"])
    return TakenIn(
        ConsentKind(row["consent"]), row["consent_file_id"], row["mandate_id"], agent or None
    )


def _handed_in(intake: Intake, files: list[UUID]) -> list[UUID]:
    return sorted({*files, *([intake.consent_file_id] if intake.consent_file_id else [])})


def _sealed(intake: Intake, intake_id: UUID) -> bytes | None:
    if intake.agent is None:
        return None
    return sealed.seal_json("case_intake", intake_id, column="agent", value=dict(intake.agent))
