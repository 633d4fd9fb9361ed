"""How a window took a case in: who agreed how, and who stood there for the applicant."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from backend.cases.record import statements
from backend.files import names
from config.database import connection
from config.vault import sealed
from models import ConsentKind, uuid7

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
    """Kept with the case that a member of staff files for a person."""

    staff_id: UUID
    consent: ConsentKind
    consent_file_id: UUID | None = None
    agent: Agent | None = field(default=None, repr=False)


class TakenIn(NamedTuple):
    """The same as it is read again, without who filed it."""

    consent: ConsentKind
    consent_file_id: UUID | None
    agent: Agent | None


async def parameters(intake: Intake, files: list[UUID], *, person_id: UUID) -> list[Any]:
    """What `statements.SUBMIT_AT_WINDOW` takes after the rest; `files` are the papers."""
    consent_file = [intake.consent_file_id] if intake.consent_file_id else []
    handed_in = sorted({*files, *consent_file})
    hashes = await name_hashes(handed_in, person_id=person_id)
    intake_id = uuid7()
    return [
        handed_in,
        [hashes.get(file_id, "") for file_id in handed_in],
        intake_id,
        intake.consent,
        intake.consent_file_id,
        intake.agent
        and sealed.seal_json("case_intake", intake_id, column="agent", value=dict(intake.agent)),
    ]


async def name_hashes(files: list[UUID], *, person_id: UUID) -> dict[UUID, str]:
    """By which the person's files of one name are told, as those of who scanned them were."""
    rows = await connection().execute_query_dict(statements.FILE_NAMES, [files])
    return {
        row["id"]: names.hashed(person_id, names.opened(row["id"], row["name_sealed"]))
        for row in rows
    }


async def of_case(case_id: UUID) -> TakenIn | None:
    """What was kept with the case; None where no window filed it."""
    rows = await connection().execute_query_dict(statements.INTAKE, [case_id])
    if not rows:
        return None
    row = rows[0]
    agent = sealed.unseal_json("case_intake", row["id"], column="agent", stored=row["agent_sealed"])
    return TakenIn(ConsentKind(row["consent"]), row["consent_file_id"], agent or None)
