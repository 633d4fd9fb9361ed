"""Declaring an absence with its deputy, ending it, and seeing those of one's unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.identity import actors, staff
from backend.identity.absences import statements
from backend.identity.absences.refusals import (
    AbsenceDatesInvalid,
    AbsenceNotFound,
    AbsenceOverlaps,
    ColleagueNotFound,
    DeputyAway,
    DeputyNeeded,
    DeputyUnfit,
)
from backend.identity.actors import PostView, StaffActor
from config.clock import city_day
from config.database import connection
from config.vault import sealed
from models import Absence, Role, uuid7
from notifications.telling import messages, outbox
from notifications.telling.recipients import Staff

_LONGEST = timedelta(days=366)
_ACTING = frozenset({Role.CLERK, Role.REVIEWER, Role.APPROVER})


class AbsenceState(StrEnum):
    """Whether it is still to come, runs, or is over: by its last day, or since it was ended."""

    COMING = "coming"
    CURRENT = "current"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Who is away (None: who declares it), the first and the last day, and who acts meanwhile."""

    staff_id: UUID | None
    starts_on: date
    ends_on: date
    deputy_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff, as colleagues know each other."""

    id: UUID
    name: str


class Deputised(NamedTuple):
    """An absence that names somebody as deputy: who is away, on which days, in which units.

    `acts` says whether they still have a post for it.
    """

    id: UUID
    acts: bool
    staff_id: UUID
    days: tuple[date, date]
    units: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """An absence; the reason only for whoever is away and those who supervise them.

    `deputy_gone` says that nobody acts: the deputy has no post of theirs any more.
    """

    id: UUID
    staff: Colleague
    deputy: Colleague | None
    starts_on: date
    ends_on: date
    reason: str | None
    state: AbsenceState
    deputy_gone: bool


async def declare(declared: Declared, *, by: StaffActor, now: datetime) -> Away:
    """Say that oneself, or a colleague whom one supervises, is away, and who acts meanwhile.

    The deputy needs a post of the same role in the same unit: no right is handed on, only the
    tasks. Nobody is away and a deputy at once. Raises AbsenceDatesInvalid, ColleagueNotFound,
    AbsenceOverlaps, DeputyNeeded, DeputyUnfit or DeputyAway.
    """
    staff_id, today = declared.staff_id or by.id, city_day(now)
    if not today <= declared.starts_on <= declared.ends_on < declared.starts_on + _LONGEST:
        raise AbsenceDatesInvalid
    absence = Absence(
        id=uuid7(),
        created_at=now,
        staff_id=staff_id,
        deputy_id=declared.deputy_id,
        starts_on=declared.starts_on,
        ends_on=declared.ends_on,
        made_by=by.id,
    )
    absence.reason_sealed = sealed.seal(
        "absence", absence.id, column="reason", text=declared.reason
    )
    async with in_transaction():
        await _check(declared, staff_id, by=by, today=today)
        await absence.save(force_create=True)
        await _tell(declared, staff_id, by=by, now=now)
        made = await one(absence.id, by=by, now=now)
    outbox.wake()
    return made


async def _tell(declared: Declared, staff_id: UUID, *, by: StaffActor, now: datetime) -> None:
    """Tell the deputy, and who is away, where another says so."""
    days = declared.starts_on, declared.ends_on
    told = [("deputy", declared.deputy_id), ("declare", staff_id)]
    found = [
        messages.absence_message(action, to=Staff(whom), days=days, at=now, by_staff_id=by.id)
        for action, whom in told
        if whom is not None and whom != by.id
    ]
    if found:
        await outbox.enqueue(*found)


async def end(absence_id: UUID, *, by: StaffActor, now: datetime) -> Away:
    """End it now, or before it begins; one that is over stays as it was.

    Raises AbsenceNotFound also for a deputy, who may see it.
    """
    async with in_transaction():
        seen = await one(absence_id, by=by, now=now)
        if seen.reason is None:
            raise AbsenceNotFound
        await connection().execute_query(statements.END, [absence_id, now, city_day(now)])
        return await one(absence_id, by=by, now=now)


async def one(absence_id: UUID, *, by: StaffActor, now: datetime) -> Away:
    """An absence of one's own, of whom one is deputy or supervises; AbsenceNotFound."""
    given = [by.id, _supervised(by), city_day(now), absence_id]
    rows = await connection().execute_query_dict(statements.ONE, given)
    if not rows:
        raise AbsenceNotFound
    return _away(rows[0], by, now)


async def listed(by: StaffActor, *, before: UUID | None, limit: int, now: datetime) -> list[Away]:
    """The same that are not over for more than thirty days, last declared first."""
    given = [by.id, _supervised(by), city_day(now), before, limit]
    rows = await connection().execute_query_dict(statements.LIST, given)
    return [_away(row, by, now) for row in rows]


async def of_deputy(staff_id: UUID, *, on: date) -> list[Deputised]:
    """The absences, running or to come, in which this member of staff is to act."""
    rows = await connection().execute_query_dict(statements.OF_DEPUTY, [staff_id, on])
    return [
        Deputised(
            id=row["id"],
            acts=row["acts"],
            staff_id=row["staff_id"],
            days=(row["starts_on"], row["ends_on"]),
            units=row["units"],
        )
        for row in rows
    ]


async def _check(declared: Declared, staff_id: UUID, *, by: StaffActor, today: date) -> None:
    days, deputy_id = [declared.starts_on, declared.ends_on], declared.deputy_id
    people = [each for each in (staff_id, deputy_id) if each is not None]
    rows = await connection().execute_query_dict(statements.LOCK_COLLEAGUES, [people])
    there = {row["id"] for row in rows}
    posts = await actors.held_posts(staff_id, on=today) if staff_id in there else None
    if posts is None or (staff_id != by.id and not _supervises(by, posts)):
        raise ColleagueNotFound
    if await connection().execute_query_dict(statements.AWAY, [staff_id, *days]):
        raise AbsenceOverlaps
    if await connection().execute_query_dict(statements.DEPUTISES, [staff_id, *days]):
        raise DeputyNeeded
    if deputy_id is None:
        return
    theirs = await actors.held_posts(deputy_id, on=declared.starts_on) or ()
    if deputy_id == staff_id or not _acting(theirs) & _acting(posts):
        raise DeputyUnfit
    if await connection().execute_query_dict(statements.AWAY, [deputy_id, *days]):
        raise DeputyAway


def _acting(posts: Iterable[PostView]) -> set[tuple[str, Role]]:
    return {(post.unit_code, post.role) for post in posts if post.role in _ACTING}


def _supervises(by: StaffActor, posts: Iterable[PostView]) -> bool:
    over = tuple(path.removesuffix("%") for path in _supervised(by))
    return any(f"{post.path}/".startswith(over) for post in posts)


def _supervised(by: StaffActor) -> list[str]:
    return [f"{post.path}/%" for post in by.posts if post.role is Role.SUPERVISOR]


def _away(row: Mapping[str, Any], by: StaffActor, now: datetime) -> Away:
    shown = row["supervised"] or row["staff_id"] == by.id
    deputy, state = row["deputy_id"], _state(row, city_day(now))
    return Away(
        id=row["id"],
        staff=_colleague(row["staff_id"], row["name_sealed"]),
        deputy=None if deputy is None else _colleague(deputy, row["deputy_name_sealed"]),
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        reason=sealed.unseal("absence", row["id"], column="reason", stored=row["reason_sealed"])
        if shown
        else None,
        state=state,
        deputy_gone=state is not AbsenceState.OVER and row["deputy_gone"],
    )


def _state(row: Mapping[str, Any], today: date) -> AbsenceState:
    if row["ended_at"] is not None or row["ends_on"] < today:
        return AbsenceState.OVER
    return AbsenceState.COMING if row["starts_on"] > today else AbsenceState.CURRENT


def _colleague(staff_id: UUID, stored: bytes) -> Colleague:
    return Colleague(staff_id, staff.unsealed_name(staff_id, stored))
