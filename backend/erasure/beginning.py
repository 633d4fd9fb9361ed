"""The moment somebody takes back what they gave us in WeChat."""

from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.identity import accounts, sessions
from config.database import connection
from models import Audience, Erasure, ErasureState

# An account made after the event belongs to somebody who came back, and is not meant.
_LEAVE = """
UPDATE resident SET
    openid_hash = 'erased-' || id, openid_sealed = NULL, person_key = 'erased-' || id,
    assurance = 'wechat', name_sealed = NULL, phone_sealed = NULL, phone_hash = NULL,
    id_number_sealed = NULL, id_number_hash = NULL, address_sealed = NULL, community_id = NULL,
    erased_at = $3
WHERE openid_hash = $1 AND created_at < $2::timestamptz + interval '1 second' RETURNING id
"""
# Who is known by name as well stays so; who was known by phone alone is known by WeChat alone.
_NO_PHONE = """
UPDATE resident SET phone_sealed = NULL, phone_hash = NULL,
    assurance = CASE assurance WHEN 'phone' THEN 'wechat' ELSE assurance END
WHERE openid_hash = $1 AND phone_sealed IS NOT NULL RETURNING id
"""


async def begin(openid: str, *, at: datetime, cause: str, now: datetime) -> UUID | None:
    """Close the account of this WeChat user at once, and note what is left to erase.

    Sessions end, the person's own data go, and the WeChat account is free: its next login makes a
    new account. The rest is `carrying_out`'s. None if there is no account of before `at`.
    """
    async with in_transaction():
        rows = await connection().execute_query_dict(_LEAVE, [accounts.hashed(openid), at, now])
        if not rows:
            return None
        resident_id: UUID = rows[0]["id"]
        await Erasure.create(
            resident_id=resident_id, cause=cause, state=ErasureState.BEGUN, created_at=now
        )
        await sessions.end_all(Audience.RESIDENT, resident_id, reason="erased")
    return resident_id


async def forget_phone(openid: str) -> bool:
    """Erase the phone number only; whether there was one."""
    return bool(await connection().execute_query_dict(_NO_PHONE, [accounts.hashed(openid)]))
