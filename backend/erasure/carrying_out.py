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
from backend.errors import Conflict
from backend.files import store
from backend.identity.actors import ResidentActor
from config.database import connection
from config.outages import is_outage

log = structlog.get_logger(__name__)

AT_ONCE = 100
_BEGUN = "SELECT resident_id FROM erasure WHERE state = 'begun' ORDER BY id LIMIT $1"
_AHEAD = """
SELECT a.id FROM appointment a JOIN slot s ON s.id = a.slot_id
WHERE a.resident_id = $1 AND a.status = 'booked' AND s.starts_at > $2
"""
# A key of its own for each row: they are never one person's again.
_STEPS = {
    "appointments": """
        UPDATE appointment SET cancel_reason_sealed = NULL, person_key = 'erased-' || id
        WHERE resident_id = $1 RETURNING 1 AS done""",
    "messages": """
        UPDATE message SET title = '已清除', body = '账号已注销，消息内容已清除'
        WHERE resident_id = $1 RETURNING 1 AS done""",
    "deliveries": """
        UPDATE delivery SET data = '{}', page = '',
            error = CASE WHEN status IN ('sent', 'delivered') THEN error ELSE 'erased' END,
            status = CASE WHEN status IN ('sent', 'delivered') THEN status ELSE 'failed' END
        WHERE resident_id = $1 RETURNING 1 AS done""",
    "credit entries": """
        DELETE FROM credit_entry WHERE credit_id IN
            (SELECT id FROM subscription_credit WHERE resident_id = $1) RETURNING 1 AS done""",
    "credits": "DELETE FROM subscription_credit WHERE resident_id = $1 RETURNING 1 AS done",
    "stored answers": """
        DELETE FROM idempotency_key WHERE id LIKE 'resident:' || $1::uuid || ':%'
        RETURNING 1 AS done""",
}
# Held first: a case that is just taking one of them is waited for and seen.
_HOLD = "SELECT id FROM stored_file WHERE resident_id = $1 FOR UPDATE"
_FILES = """
DELETE FROM stored_file f WHERE resident_id = $1
    AND NOT EXISTS (SELECT FROM case_material m WHERE m.file_id = f.id) RETURNING key
"""
_DONE = """
UPDATE erasure SET state = 'done', done_at = $2 WHERE resident_id = $1 AND state = 'begun'
"""


async def carry_out(*, now: datetime) -> None:
    """Erase what is left of the accounts that were closed; one that fails stops no other."""
    failed: Exception | None = None
    for row in await connection().execute_query_dict(_BEGUN, [AT_ONCE]):
        try:
            await _erase(row["resident_id"], now)
        except Exception as error:
            if not is_outage(error):
                log.exception("erasure_failed")
            failed = error
    if failed:
        raise failed


async def _erase(resident_id: UUID, now: datetime) -> None:
    await _cancel_bookings(resident_id, now)
    async with in_transaction():
        counts = {
            name: len(await connection().execute_query_dict(statement, [resident_id]))
            for name, statement in _STEPS.items()
        }
        await connection().execute_query(_HOLD, [resident_id])
        keys = [row["key"] for row in await connection().execute_query_dict(_FILES, [resident_id])]
        await connection().execute_query(_DONE, [resident_id, now])
        await audit.record(
            Act.ERASE_RESIDENT,
            by=Actor("resident", resident_id),
            on=("resident", resident_id),
            resident=resident_id,
            details=counts | {"files": len(keys)},
        )
    # The rows first: bytes that a crash leaves behind are swept as nobody's.
    await store.delete(keys)


async def _cancel_bookings(resident_id: UUID, now: datetime) -> None:
    """Give the seats back as the resident would; what has begun meanwhile stays."""
    by = ResidentActor(id=resident_id, session_id=uuid4(), person_key="")
    for row in await connection().execute_query_dict(_AHEAD, [resident_id, now]):
        with contextlib.suppress(Conflict):
            await cancelling.cancel(row["id"], by=by, now=now)
