"""The one who acts, as the operations see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.audit import Actor
from backend.identity import statements
from backend.identity.refusals import SessionEnded
from backend.identity.second_factor import rules
from backend.identity.second_factor.refusals import (
    SecondFactorMissing,
    SecondFactorRequired,
)
from backend.identity.second_factor.rules import FactorState
from backend.identity.tokens import Claims
from config.database import connection
from models import Role, UnitLevel


@dataclass(frozen=True, slots=True)
class ResidentActor:
    """A resident in a session; `person_id` where their real name was confirmed."""

    id: UUID
    session_id: UUID
    person_id: UUID | None

    @property
    def counted(self) -> UUID:
        """Under whom is counted what each may have so many of: the person, else the account."""
        return self.person_id or self.id

    @property
    def account(self) -> UUID:
        """The account whose things are theirs."""
        return self.id

    @property
    def acting(self) -> Actor:
        """The resident as the access log names them."""
        return Actor("resident", self.id)


@dataclass(frozen=True, slots=True)
class PostView:
    """A post held today, `since` when; `department_code` only for units of a department."""

    role: Role
    unit_code: str
    unit_name: str
    level: UnitLevel
    path: str
    department_code: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class StaffActor:
    """A staff member in a session, with the posts held today; without a post nothing is allowed.

    `factor` is what the session owes of the second factor. `deputy_for` are the colleagues who are
    away today and for whom this one acts.
    """

    id: UUID
    session_id: UUID
    posts: tuple[PostView, ...]
    factor: FactorState = FactorState.NONE
    deputy_for: frozenset[UUID] = frozenset()

    @property
    def acting(self) -> Actor:
        """The staff member and today's posts as the access log names them."""
        return Actor(
            "staff", self.id, tuple(f"{post.unit_code}:{post.role}" for post in self.posts)
        )


async def resident(claims: Claims) -> ResidentActor:
    """The resident who asks, each time from the database; SessionEnded if gone."""
    rows = await connection().execute_query_dict(statements.RESIDENT, [claims.subject])
    if not rows:
        raise SessionEnded
    return ResidentActor(
        id=claims.subject, session_id=claims.session, person_id=rows[0]["person_id"]
    )


async def staff(claims: Claims, *, now: datetime) -> StaffActor:
    """The staff member who asks, each time from the database; SessionEnded if ended.

    Also in a session that owes the second factor: see `check_factor`.
    """
    given = [claims.session, claims.subject, now]
    rows = await connection().execute_query_dict(statements.POSTS, given)
    if not rows:
        raise SessionEnded
    posts = _posts(rows)
    roles = (post.role for post in posts)
    owed = rules.state(roles, enrolled=rows[0]["enrolled"], given=rows[0]["given"])
    deputy_for = frozenset(rows[0]["deputy_for"])
    return StaffActor(claims.subject, claims.session, posts, owed, deputy_for)


async def held_posts(staff_id: UUID, *, on: date) -> tuple[PostView, ...] | None:
    """The posts that a colleague holds on this day; None for nobody, or who is disabled.

    In a transaction they cannot be disabled until it ends.
    """
    rows = await connection().execute_query_dict(statements.POSTS_OF, [staff_id, on])
    return _posts(rows) if rows else None


def _posts(rows: Iterable[Mapping[str, Any]]) -> tuple[PostView, ...]:
    return tuple(
        PostView(
            role=Role(row["role"]),
            unit_code=row["code"],
            unit_name=row["name"],
            level=UnitLevel(row["level"]),
            path=row["path"],
            department_code=row["department_id"],
            since=row["since"],
        )
        for row in rows
        if row["role"]
    )


def check_factor(actor: StaffActor) -> None:
    """SecondFactorRequired or SecondFactorMissing in a session that owes the second factor."""
    if actor.factor is FactorState.CODE:
        raise SecondFactorRequired
    if actor.factor is FactorState.ENROL:
        raise SecondFactorMissing
