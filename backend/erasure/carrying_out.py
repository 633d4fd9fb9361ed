"""The periodic job that erases what an account left behind; each step is safe to repeat.

Cases stay with their forms, papers and events: they are records of the administration, which the
applicant cannot have deleted (档案法; 行政许可法 and the rules on electronic files). An open case
goes on, since only its applicant withdraws it.
"""

import contextlib
from datetime import datetime
from uuid import UUID, uuid4

import structlog
from tortoise.transactions import in_transaction

from backend import audit
from backend.appointments.acts import cancelling
from backend.audit import Act, Actor
from backend.erasure import statements
from backend.errors import Conflict
from backend.files import store
from backend.identity.actors import ResidentActor
from config.database import connection
from config.outages import is_outage

log = structlog.get_logger(__name__)

AT_ONCE = 100


async def carry_out(*, now: datetime) -> None:
    """Erase what is left of the accounts that were closed; one that fails stops no other."""
    failed: Exception | None = None
    for row in await connection().execute_query_dict(statements.BEGUN, [AT_ONCE]):
        try:
            await _erase(row["resident_id"], now)
        except Exception as error:
            if not is_outage(error):
                log.exception("erasure_failed")
            failed = error
    if failed:
        raise failed


async def _erase(resident_id: UUID, now: datetime) -> None:
    # What is the person's stays theirs where they have another account; they did not leave.
    await connection().execute_query_dict(statements.HAND_ON, [resident_id])
    await _cancel_bookings(resident_id, now)
    async with in_transaction():
        counts = {
            name: len(await connection().execute_query_dict(statement, [resident_id]))
            for name, statement in statements.STEPS.items()
        }
        await connection().execute_query(statements.HOLD_FILES, [resident_id])
        keys = [
            row["key"]
            for row in await connection().execute_query_dict(statements.DELETE_FILES, [resident_id])
        ]
        held = await connection().execute_query_dict(statements.HOLD_PERSON, [resident_id])
        await connection().execute_query(statements.DONE, [resident_id, now])
        for row in held:
            keys += await _forget_person(row["id"])
        await audit.record(
            Act.ERASE_RESIDENT,
            by=Actor("resident", resident_id),
            on=("resident", resident_id),
            resident=resident_id,
            details=counts | {"files": len(keys)},
        )
    # The rows first: bytes that a crash leaves behind are swept as nobody's.
    await store.delete(keys)


async def _forget_person(person_id: UUID) -> list[str]:
    """Erase what nobody of a person's accounts is there for; the keys of files that went."""
    await connection().execute_query(statements.FORGET_MANDATES, [person_id])
    await connection().execute_query(statements.FORGET_MESSAGES, [person_id])
    await connection().execute_query(statements.HOLD_PERSONS_FILES, [person_id])
    rows = await connection().execute_query_dict(statements.DELETE_PERSONS_FILES, [person_id])
    await connection().execute_query(statements.FORGET_PERSON, [person_id])
    return [row["key"] for row in rows]


async def _cancel_bookings(resident_id: UUID, now: datetime) -> None:
    """Give the seats back as the resident would; what has begun meanwhile stays."""
    by = ResidentActor(id=resident_id, session_id=uuid4(), person_id=None)
    for row in await connection().execute_query_dict(statements.AHEAD, [resident_id, now]):
        with contextlib.suppress(Conflict):
            await cancelling.cancel(row["id"], by=by, now=now)
