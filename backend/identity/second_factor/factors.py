"""Setting a second factor up, giving its codes, and taking it away."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act, Actor
from backend.identity import sessions
from backend.identity.second_factor import recovery, statements, totp
from backend.identity.second_factor.refusals import (
    SecondFactorLocked,
    SecondFactorMissing,
    SecondFactorNotBegun,
    SecondFactorOff,
    SecondFactorRefused,
    SecondFactorRequired,
)
from backend.identity.second_factor.rules import FactorState
from backend.identity.statements import TOUCH
from config.database import connection
from config.settings import settings
from config.vault import sealed
from models import Audience, uuid7

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
_TABLE = "second_factor"


@dataclass(frozen=True, slots=True)
class Begun:
    """A new secret, shown once; `uri` is what a QR code of it says."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with somebody's second factor."""

    confirmed_at: datetime | None
    recovery_codes_left: int
    locked_until: datetime | None


async def standing(staff_id: UUID, *, now: datetime) -> Standing:
    """How it stands, for its owner."""
    rows = await connection().execute_query_dict(statements.SEEN, [staff_id])
    row: Mapping[str, Any] = rows[0] if rows else {}
    locked = row.get("locked_until")
    return Standing(
        confirmed_at=row.get("confirmed_at"),
        recovery_codes_left=len(_hashes(row)),
        locked_until=locked if locked and locked > now else None,
    )


async def begin(staff_id: UUID, account: str, *, owed: FactorState, now: datetime) -> Begun:
    """Offer a new secret, called `account` in the app, and void an offer of before.

    The factor of before holds until a code of the new one is given. Raises SecondFactorOff, or
    SecondFactorRequired in a session that owes a code of the factor there is.
    """
    if settings().second_factors == "off":
        raise SecondFactorOff
    if owed is FactorState.CODE:
        raise SecondFactorRequired
    secret = totp.new_secret()
    offered = sealed.seal(_TABLE, staff_id, column="offered", text=secret)
    given = [uuid7(), now, staff_id, offered]
    await connection().execute_query(statements.OFFER, given)
    return Begun(secret, totp.uri(secret, account))


async def confirm(staff_id: UUID, session_id: UUID, code: str, *, now: datetime) -> list[str]:
    """Take the secret offered, by a code of it; the recovery codes, which nobody sees again.

    This session has given its code, all others of the same person owe one. SecondFactorNotBegun,
    SecondFactorRefused or SecondFactorLocked. Not to be called inside a transaction, whose rollback
    would undo that a try was counted.
    """
    async with in_transaction() as within:
        row = await _locked(staff_id)
        if row is None or row["offered_sealed"] is None:
            raise SecondFactorNotBegun
        secret = _secret(staff_id, row, "offered")
        step = totp.matched(secret, code, now=now, after=None)
        if step is not None and not _left(row, now):
            codes = recovery.new()
            kept = sealed.seal(_TABLE, staff_id, column="secret", text=secret)
            given = [staff_id, kept, now, step, _written(codes)]
            await within.execute_query(statements.CONFIRM, given)
            await within.execute_query(statements.OWE_AGAIN, [staff_id])
            await within.execute_query(statements.GIVE, [session_id, now])
            return codes
        wait = await _count(staff_id, row, now)
    raise _refusal(wait)


async def prove(staff_id: UUID, session_id: UUID, code: str, *, now: datetime) -> None:
    """Give a code of the app, or a recovery code, for this session; safe to repeat.

    Each is taken once, whatever the session. SecondFactorMissing where there is no factor,
    SecondFactorRefused, or SecondFactorLocked after TRIES wrong ones. Not to be called inside a
    transaction, whose rollback would undo that a try was counted.
    """
    async with in_transaction() as within:
        row = await _locked(staff_id)
        if row is None or row["secret_sealed"] is None:
            raise SecondFactorMissing
        if (await within.execute_query_dict(statements.GIVEN, [session_id]))[0]["given"]:
            return
        secret, last = _secret(staff_id, row, "secret"), row["last_step"]
        step = totp.matched(secret, code, now=now, after=last)
        left = [each for each in _hashes(row) if each != recovery.hashed(code)]
        right = step is not None or len(left) < len(_hashes(row))
        if right and not _left(row, now):
            given = [staff_id, last if step is None else step, json.dumps(left)]
            await within.execute_query(statements.USED, given)
            await within.execute_query(statements.GIVE, [session_id, now])
            return
        wait = await _count(staff_id, row, now)
    raise _refusal(wait)


async def new_recovery_codes(staff_id: UUID) -> list[str]:
    """New recovery codes, those of before are void; SecondFactorMissing without a factor."""
    codes = recovery.new()
    async with in_transaction() as within:
        row = await _locked(staff_id)
        if row is None or row["secret_sealed"] is None:
            raise SecondFactorMissing
        await within.execute_query(statements.RECOVERY, [staff_id, _written(codes)])
    return codes


async def reset(staff_id: UUID, *, by: Actor) -> None:
    """Take the factor away from who has lost it: all sessions end, and a new one is set up.

    Safe to repeat; each time the member of staff has a new version.
    """
    async with in_transaction() as within:
        await within.execute_query(TOUCH, [staff_id])
        await forget(staff_id)
        await sessions.end_all(Audience.STAFF, staff_id, reason="factor_reset")
        await audit.record(Act.RESET_FACTOR, by=by, on=("staff", staff_id))


async def forget(staff_id: UUID) -> None:
    """Delete what there is."""
    await connection().execute_query(statements.FORGET, [staff_id])


async def _locked(staff_id: UUID) -> Mapping[str, Any] | None:
    rows = await connection().execute_query_dict(statements.LOCKED, [staff_id])
    return rows[0] if rows else None


async def _count(staff_id: UUID, row: Mapping[str, Any], now: datetime) -> int:
    """One more wrong code, the last of which locks; for how many seconds nothing is tried now.

    A try while it is locked counts for nothing, right or wrong.
    """
    if wait := _left(row, now):
        return wait
    failures = row["failures"] + 1
    locked = failures >= TRIES
    given = [staff_id, 0 if locked else failures, now + LOCKED_FOR if locked else None]
    await connection().execute_query(statements.FAILED, given)
    return int(LOCKED_FOR.total_seconds()) if locked else 0


def _refusal(wait: int) -> SecondFactorRefused | SecondFactorLocked:
    return SecondFactorLocked(most=TRIES, retry_after=wait) if wait else SecondFactorRefused()


def _left(row: Mapping[str, Any], now: datetime) -> int:
    """For how many seconds nothing is tried."""
    until: datetime | None = row["locked_until"]
    return 0 if until is None else max(0, int((until - now).total_seconds()))


def _secret(staff_id: UUID, row: Mapping[str, Any], column: str) -> str:
    stored = row[f"{column}_sealed"]
    return sealed.unseal(_TABLE, staff_id, column=column, stored=stored) or ""


def _written(codes: list[str]) -> str:
    return json.dumps([recovery.hashed(each) for each in codes])


def _hashes(row: Mapping[str, Any]) -> list[str]:
    stored = row.get("recovery_hashes") or []
    found: list[str] = json.loads(stored) if isinstance(stored, str) else stored
    return found
