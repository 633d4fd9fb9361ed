"""Who has looked at a case, or at whatever is a resident's: by unit and role, never by name."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from backend.audit import Act
from backend.audit.purposes import AccessPurpose
from backend.cases.reading import statements
from backend.cases.reading.scope import READERS
from config.clock import CITY_TIME
from config.database import connection
from models import Role


class AccessKind(StrEnum):
    """What was done, as the access log calls it; `open_file` of a paper that was issued."""

    OPEN_CASE = "open_case"
    LINK_FILE = "link_file"
    LIST_PAPERS = "list_papers"
    ISSUE_PAPER = "issue_paper"
    REVOKE_PAPER = "revoke_paper"
    OPEN_FILE = "open_file"
    REVEAL = "reveal"
    SEARCH_CASES = "search_cases"
    SEARCH_PERSONS = "search_persons"
    TAKE_IN_PERSON = "take_in_person"
    OPEN_APPOINTMENT = "open_appointment"
    LIST_APPOINTMENTS = "list_appointments"
    ACT_FOR = "act_for"
    GIVE_MANDATE = "give_mandate"
    REVOKE_MANDATE = "revoke_mandate"
    LIST_MANDATES = "list_mandates"


class Access(NamedTuple):
    """One look; `fields` are those that were opened, of what is masked.

    An agent of one's own has neither unit nor role; `did` is what was done under a mandate, as the
    log calls it.
    """

    seq: int
    at: datetime
    unit_code: str | None
    role: Role | None
    what: AccessKind
    purpose: AccessPurpose | None
    fields: list[str]
    case_id: UUID | None
    mandate_id: UUID | None
    did: str | None


async def of_case(case_id: UUID, *, before: int | None, limit: int) -> list[Access]:
    """The newest looks at the case and its papers; the caller has checked whose it is."""
    rows = await connection().execute_query_dict(statements.ACCESSES, [case_id, before, limit])
    return [_access(row) for row in rows]


async def of_resident(account: UUID, *, before: int | None, limit: int) -> list[Access]:
    """The newest looks at whatever is the account's, and at its person's once they are verified.

    That is at cases, papers, appointments and the person, searches that showed one of them, what
    agents did and read under a mandate, and what windows did about one. Masked lists, as the to-do,
    are none.
    """
    statement = statements.ACCESSES_OF_RESIDENT
    rows = await connection().execute_query_dict(statement, [account, before, limit])
    return [_access(row) for row in rows]


def _access(row: Mapping[str, Any]) -> Access:
    details = orjson.loads(row["details"])
    on, agent = row["object_id"], row["action"] == Act.ACT_FOR
    posts = orjson.loads(row["posts"])
    unit, role = _post(details, posts) if posts else (None, None)
    case_id = on if row["object_kind"] == "case" else details.get("case")
    return Access(
        seq=row["seq"],
        at=row["at"].astimezone(CITY_TIME),
        unit_code=unit,
        role=role,
        what=AccessKind(row["action"]),
        purpose=AccessPurpose(row["purpose"]) if row["purpose"] else None,
        fields=details.get("fields", []),
        case_id=UUID(case_id) if case_id else None,
        mandate_id=UUID(on) if row["object_kind"] == "mandate" else None,
        did=details["did"] if agent else None,
    )


def _post(details: Mapping[str, Any], posts: list[str]) -> tuple[str, Role]:
    """Which of several posts it was for is said where it matters; else one that reads cases."""
    if "unit" in details:
        return details["unit"], Role(details["role"])
    held = [(unit, Role(role)) for unit, _, role in (post.rpartition(":") for post in posts)]
    return next((post for post in held if post[1] in READERS), held[0])
