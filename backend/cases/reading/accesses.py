"""Who of the staff has looked at a case: by unit and role, never by name."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import orjson

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


class Access(NamedTuple):
    """One look; `fields` are those that were opened, of what is masked."""

    seq: int
    at: datetime
    unit_code: str
    role: Role
    what: AccessKind
    purpose: AccessPurpose | None
    fields: list[str]


async def of_case(case_id: UUID, *, before: int | None, limit: int) -> list[Access]:
    """The newest looks at the case and its papers; the caller has checked whose it is."""
    rows = await connection().execute_query_dict(statements.ACCESSES, [case_id, before, limit])
    return [_access(row) for row in rows]


def _access(row: Mapping[str, Any]) -> Access:
    details = orjson.loads(row["details"])
    held = [post.rpartition(":") for post in orjson.loads(row["posts"])]
    posts = [(unit, Role(role)) for unit, _, role in held]
    # Which of several posts it was for is said where it matters; else one that lets cases be read.
    reading = [post for post in posts if post[1] in READERS] or posts
    unit, role = (details["unit"], Role(details["role"])) if "unit" in details else reading[0]
    return Access(
        seq=row["seq"],
        at=row["at"].astimezone(CITY_TIME),
        unit_code=unit,
        role=role,
        what=AccessKind(row["action"]),
        purpose=AccessPurpose(row["purpose"]) if row["purpose"] else None,
        fields=details.get("fields", []),
    )
