"""Writing the access log."""

import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import asyncpg
from tortoise.exceptions import BaseORMException

from backend.audit import origin, together
from backend.audit.refusals import NotRecorded
from backend.errors import ServiceError, TryLater
from config import database
from config.outages import Spell, is_full, is_outage

_writer = together.Writer()
_refused = Spell("not_recorded", "recorded_again", level=logging.ERROR)


class Act(StrEnum):
    """What was done; values are in the database: only added to, never renamed."""

    OPEN_CASE = "open_case"
    LIST_CASES = "list_cases"
    SEARCH_CASES = "search_cases"
    LIST_TASKS = "list_tasks"
    CLAIM_TASK = "claim_task"
    RELEASE_TASK = "release_task"
    LIST_APPOINTMENTS = "list_appointments"
    OPEN_APPOINTMENT = "open_appointment"
    LINK_FILE = "link_file"
    OPEN_FILE = "open_file"
    LIST_PAPERS = "list_papers"
    ISSUE_PAPER = "issue_paper"
    REVOKE_PAPER = "revoke_paper"
    LOG_IN = "log_in"
    LOG_IN_REFUSED = "log_in_refused"
    LOG_OUT = "log_out"
    END_SESSION = "end_session"
    BIND = "bind"
    BIND_REFUSED = "bind_refused"
    ENROL_FACTOR = "enrol_factor"
    GIVE_FACTOR = "give_factor"
    FACTOR_REFUSED = "factor_refused"
    RESET_FACTOR = "reset_factor"
    INVITE = "invite"
    GRANT_POST = "grant_post"
    END_POST = "end_post"
    LIST_STAFF = "list_staff"
    OPEN_STAFF = "open_staff"
    DISABLE_STAFF = "disable_staff"
    ENABLE_STAFF = "enable_staff"
    END_STAFF = "end_staff"
    CLOSE_OFFICE = "close_office"
    REOPEN_OFFICE = "reopen_office"
    ERASE_RESIDENT = "erase_resident"
    QUERY_CASE = "query_case"
    SEARCH_PERSONS = "search_persons"
    TAKE_IN_PERSON = "take_in_person"
    GIVE_MANDATE = "give_mandate"
    ACCEPT_MANDATE = "accept_mandate"
    ACCEPT_REFUSED = "accept_refused"
    REVOKE_MANDATE = "revoke_mandate"
    NAME_RELATIVE = "name_relative"
    ACCEPT_RELATIVE = "accept_relative"
    END_RELATIVE = "end_relative"
    LIST_MANDATES = "list_mandates"
    ACT_FOR = "act_for"
    REVEAL = "reveal"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: `staff`, `resident`, `operator` (by command) or `unknown`; posts as `unit:role`."""

    kind: str
    id: UUID | None = None
    posts: tuple[str, ...] = ()


OPERATOR = Actor("operator")
UNKNOWN = Actor("unknown")


async def record(
    act: Act,
    *,
    by: Actor,
    on: tuple[str, object] | None = None,
    resident: UUID | str | None = None,
    purpose: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Append an act on an object (kind, id) that concerns a resident.

    No personal data in `details`: what somebody searched by is blinded.

    Inside a transaction it is a part of it, so that a grant and its record stand or fall together;
    the chain then waits for its end: keep such transactions short. Raises NotRecorded
    when it cannot be written, or the driver's error where PostgreSQL is away or
    full: then nothing must be shown or granted.
    """
    where = origin.current()
    kind, identity = (on[0], str(on[1])) if on else (None, None)
    row = {
        "actor": by.kind,
        "actor_id": by.id,
        "posts": by.posts,
        "action": act,
        "object_kind": kind,
        "object_id": identity,
        "resident_id": resident,
        "purpose": purpose,
        "details": details or {},
        "request_id": where.request_id,
        "address_hash": where.address_hash,
    }
    try:
        if database.within_transaction():
            await together.insert([row])
        else:
            await _writer.write(row)
    except (BaseORMException, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        if is_outage(error) or is_full(error):
            raise  # it is told like every other statement that failed so
        _refused.failed(type(error).__name__)
        raise NotRecorded from error
    _refused.worked()


@contextlib.asynccontextmanager
async def attempt(refused: Act, *, by: Actor = UNKNOWN) -> AsyncIterator[None]:
    """Record `refused`, with the code, when the block is refused; the refusal goes on its way.

    Not to be used inside a transaction, whose rollback would undo the record.
    """
    try:
        yield
    except TryLater:
        raise
    except ServiceError as error:
        await record(refused, by=by, details={"code": error.code})
        raise
