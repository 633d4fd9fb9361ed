"""The one who acts, as the operations see them."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.identity.refusals import session_ended
from backend.identity.tokens import Claims
from config.database import connection
from models import Assurance, Role, UnitLevel

_FRESH_SECONDS = 5.0
_REMEMBERED = 10_000

_RESIDENT = "SELECT openid, assurance, person_key, community_id FROM resident WHERE id = $1"
_STAFF = """
SELECT post.role, unit.code, unit.name, unit.level, unit.path, unit.department_id
FROM session
JOIN staff ON staff.id = session.staff_id AND staff.active
CROSS JOIN (SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS today) AS clock
LEFT JOIN (post JOIN org_unit AS unit ON unit.code = post.unit_id)
    ON post.staff_id = staff.id
    AND coalesce(post.valid_to >= today, true)
    AND coalesce(unit.valid_from <= today, true) AND coalesce(unit.valid_to >= today, true)
WHERE session.id = $1 AND staff.id = $2
    AND session.revoked_at IS NULL AND session.expires_at > now()
ORDER BY post.id
"""


@dataclass(frozen=True, slots=True)
class ResidentActor:
    """A resident in a session; `person_key` is one for all accounts of a known person."""

    id: UUID
    session_id: UUID
    openid: str
    assurance: Assurance
    person_key: str
    community_code: str | None


@dataclass(frozen=True, slots=True)
class PostView:
    """A post held today; `department_code` only for units of a department."""

    role: Role
    unit_code: str
    unit_name: str
    level: UnitLevel
    path: str
    department_code: str | None


@dataclass(frozen=True, slots=True)
class StaffActor:
    """A staff member in a session, with the posts held today; without a post nothing is allowed."""

    id: UUID
    session_id: UUID
    posts: tuple[PostView, ...]


_residents: dict[UUID, tuple[float, dict[str, Any]]] = {}


async def resident(claims: Claims) -> ResidentActor:
    """The resident who asks, as of at most 5 seconds ago; Unauthenticated if gone.

    A change is announced to all processes, so the 5 seconds are for announcements that get lost.
    """
    read_at, row = _residents.get(claims.subject, (0.0, None))
    if row is None or time.monotonic() - read_at > _FRESH_SECONDS:
        row = await _read(claims.subject)
    return ResidentActor(
        id=claims.subject,
        session_id=claims.session,
        openid=row["openid"],
        assurance=Assurance(row["assurance"]),
        person_key=row["person_key"],
        community_code=row["community_id"],
    )


def forget(resident_id: UUID) -> None:
    """Read this resident anew at the next request."""
    _residents.pop(resident_id, None)


async def staff(claims: Claims) -> StaffActor:
    """The staff member who asks, each time from the database; Unauthenticated if ended."""
    rows = await connection().execute_query_dict(_STAFF, [claims.session, claims.subject])
    if not rows:
        raise session_ended()
    posts = tuple(
        PostView(
            role=Role(row["role"]),
            unit_code=row["code"],
            unit_name=row["name"],
            level=UnitLevel(row["level"]),
            path=row["path"],
            department_code=row["department_id"],
        )
        for row in rows
        if row["role"]
    )
    return StaffActor(id=claims.subject, session_id=claims.session, posts=posts)


async def _read(resident_id: UUID) -> dict[str, Any]:
    started = time.monotonic()  # what changes while we read must be read again
    rows = await connection().execute_query_dict(_RESIDENT, [resident_id])
    if not rows:
        raise session_ended()
    if len(_residents) >= _REMEMBERED:
        _residents.clear()
    _residents[resident_id] = (started, rows[0])
    return rows[0]
