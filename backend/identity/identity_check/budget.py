"""How often the identity service may be asked: each question is paid for, and tells something.

Kept in PostgreSQL: in Redis it would be open whenever Redis is away or was emptied, which costs
the city money and lets names be tried out against a number.
"""

import math
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.idempotency.refusals import IdempotencyKeyInFlight
from backend.identity.identity_check import statements
from backend.identity.identity_check.asker import Asker
from backend.identity.identity_check.claim import Claim
from backend.identity.identity_check.refusals import IdentityMismatch, IdentityQuotaExceeded
from config.database import connection
from models import uuid7


async def begin(asker: Asker, claim: Claim, *, now: datetime) -> UUID:
    """Take one question of the budgets, and give the id of the check.

    IdentityQuotaExceeded where a budget is used up, IdentityMismatch where that is known already,
    IdempotencyKeyInFlight where the account's same claim is being asked, under whatever key. Of
    staff their own budget alone counts: the window is open to whoever used up the number's.
    """
    check = uuid7()
    keys = sorted([f"identity:{claim.number_hash}", f"identity:{asker.id}"])
    asked = statements.OF[asker.kind]
    async with in_transaction():
        # Held until the question is counted: rivals see each other's.
        await connection().execute_query(statements.LOCK_BUDGETS, [keys])
        known = [asker.id, claim.claim_hash, now]
        if found := await connection().execute_query_dict(asked.known, known):
            raise IdentityMismatch if found[0]["refused"] else IdempotencyKeyInFlight
        given = [asker.id, claim.number_hash]
        if full := await connection().execute_query_dict(asked.used_up, [*given, now]):
            wait = max(1, math.ceil(full[0]["wait"]))
            raise IdentityQuotaExceeded(most=full[0]["most"], retry_after=wait)
        await connection().execute_query_dict(asked.begin, [check, *given, claim.claim_hash, now])
    return check


async def undo(check: UUID) -> None:
    """Give the question back: nobody got an answer."""
    await connection().execute_query_dict(statements.UNDO, [check])


async def forget(*, now: datetime) -> int:
    """Delete the checks that count no more and on which nobody's level rests; how many."""
    return len(await connection().execute_query_dict(statements.FORGET, [now]))
