"""How often the identity service may be asked: each question is paid for, and tells something.

Kept in PostgreSQL: in Redis it would be open whenever Redis is away or was emptied, which costs
the city money and lets names be tried out against a number.
"""

import math
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.identity.identity_check.claim import Claim
from backend.identity.identity_check.refusals import IdentityMismatch, IdentityQuotaExceeded
from config.database import connection
from models import uuid7

# In any 24 hours, answers and questions under way.
OF_NUMBER = 5
OF_ACCOUNT = 10
DAY_SECONDS = 86_400
# So long an account hears the same of the same name and number without a new question.
KNOWN_SECONDS = 3600

# Sorted, so that two requests never wait for each other crosswise.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) AS key"
_KNOWN = f"""
SELECT 1 AS known FROM identity_check
WHERE resident_id = $1 AND claim_hash = $2
  AND result IN ('mismatch', 'no_record', 'invalid_input')
  AND created_at > $3::timestamptz - interval '{KNOWN_SECONDS} seconds'
LIMIT 1
"""
# The check whose end makes room again, the later one where both budgets are used up.
_FULL = f"""
WITH used AS (
    (SELECT created_at, {OF_NUMBER} AS most FROM identity_check WHERE number_hash = $2
     ORDER BY created_at DESC OFFSET {OF_NUMBER - 1} LIMIT 1)
    UNION ALL
    (SELECT created_at, {OF_ACCOUNT} FROM identity_check WHERE resident_id = $1
     ORDER BY created_at DESC OFFSET {OF_ACCOUNT - 1} LIMIT 1)
)
SELECT extract(epoch FROM created_at - $3::timestamptz)::float8 + {DAY_SECONDS} AS wait, most
FROM used WHERE created_at > $3::timestamptz - interval '{DAY_SECONDS} seconds'
ORDER BY created_at DESC LIMIT 1
"""
_BEGIN = """
INSERT INTO identity_check (id, created_at, resident_id, number_hash, claim_hash)
VALUES ($1, $5, $2, $3, $4) RETURNING id
"""
_UNDO = "DELETE FROM identity_check WHERE id = $1 RETURNING id"


async def begin(resident_id: UUID, claim: Claim, *, now: datetime) -> UUID:
    """Take one question of the budgets, and give the id of the check.

    IdentityQuotaExceeded where a budget is used up, IdentityMismatch where that is known already.
    """
    check = uuid7()
    keys = sorted([f"identity:{claim.number_hash}", f"identity:{resident_id}"])
    async with in_transaction():
        # Held until the question is counted: rivals see each other's.
        await connection().execute_query(_LOCK, [keys])
        known = [resident_id, claim.claim_hash, now]
        if await connection().execute_query_dict(_KNOWN, known):
            raise IdentityMismatch
        given = [resident_id, claim.number_hash]
        if full := await connection().execute_query_dict(_FULL, [*given, now]):
            wait = max(1, math.ceil(full[0]["wait"]))
            raise IdentityQuotaExceeded(most=full[0]["most"], retry_after=wait)
        await connection().execute_query_dict(_BEGIN, [check, *given, claim.claim_hash, now])
    return check


async def undo(check: UUID) -> None:
    """Give the question back: nobody got an answer."""
    await connection().execute_query_dict(_UNDO, [check])
