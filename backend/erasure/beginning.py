"""The moment somebody takes back what they gave us in WeChat."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.erasure import statements
from backend.identity import accounts, sessions
from config.database import connection
from models import Audience, Erasure, ErasureState


async def begin(openid: str, *, at: datetime, cause: str, now: datetime) -> UUID | None:
    """Close the account of this WeChat user at once, and note what is left to erase.

    Sessions end, the account's own data go, it is no person's any more, and the WeChat account is
    free: its next login makes a new account. The rest is `carrying_out`'s. None if there is no
    account of before `at`.
    """
    async with in_transaction():
        rows = await connection().execute_query_dict(
            statements.LEAVE, [accounts.hashed(openid), at, now]
        )
        if not rows:
            return None
        resident_id: UUID = rows[0]["id"]
        await Erasure.create(
            resident_id=resident_id,
            person_id=rows[0]["person_id"],
            cause=cause,
            state=ErasureState.BEGUN,
            created_at=now,
        )
        await sessions.end_all(Audience.RESIDENT, resident_id, reason="erased")
    return resident_id


async def forget_phone(openid: str) -> bool:
    """Erase the phone number only; whether there was one."""
    return bool(
        await connection().execute_query_dict(statements.NO_PHONE, [accounts.hashed(openid)])
    )
