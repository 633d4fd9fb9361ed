"""The `Idempotency-Key` of one request, and the row that remembers its answer for 24 hours."""

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tortoise import timezone
from tortoise.backends.base.client import BaseDBAsyncClient

from backend.idempotency.refusals import IdempotencyKeyReused
from config import vault
from config.database import connection


@dataclass(frozen=True)
class Answered:
    """The first answer to a keyed request: HTTP status and body bytes."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Once:
    """A keyed request of one owner; `fingerprint` covers method, path, version seen, body."""

    id: str
    fingerprint: bytes

    def parameters(self, status: int, body: bytes) -> list[Any]:
        """The four values of `cte`, the answer sealed because it shows what the resident wrote."""
        sealed = vault.seal(body, context=f"once:{self.id}")
        return [self.id, self.fingerprint, status, sealed]


HELD_SECONDS = 35
"""Longer than any request lives; a key whose holder was killed may be taken over after it."""

_IN_FLIGHT = 0  # the status of a row whose request still runs; its answer then names the holder
_HOLD = f"""
INSERT INTO idempotency_key AS held (id, body_hash, status, answer, created_at)
VALUES ($1, $2, {_IN_FLIGHT}, $3, now())
ON CONFLICT (id) DO UPDATE
SET body_hash = $2, status = {_IN_FLIGHT}, answer = $3, created_at = now()
WHERE held.created_at < now() - interval '24 hours' OR held.status = {_IN_FLIGHT}
      AND held.body_hash = $2 AND held.created_at < now() - make_interval(secs => {HELD_SECONDS})
RETURNING id
"""
_FINISH = f"""
UPDATE idempotency_key SET status = $3, answer = $4, created_at = now()
WHERE id = $1 AND status = {_IN_FLIGHT} AND answer = $2 RETURNING id
"""
_LET_GO = f"""
DELETE FROM idempotency_key WHERE id = $1 AND status = {_IN_FLIGHT} AND answer = $2 RETURNING id
"""

NOT_KEYED: list[Any] = [None, b"", 0, b""]


def once(owner: str, key: str, *, method: str, path: str, body: bytes, seen: int = 0) -> Once:
    """The keyed request of `owner` (kind and id); owners' equal keys are different requests.

    `seen` is the version in If-Match, 0 where none counts: decided on another, it is another.

    The key, an address and the content are blinded: they are or may tell who asked for what.
    """
    kind, _, who = owner.partition(":")
    whose = vault.blind("address", who) if kind == "ip" else who
    line = f"{method} {path} {seen}\n" if seen else f"{method} {path}\n"
    content = sha256(line.encode() + body).hexdigest()
    return Once(
        id=f"{kind}:{whose}:{vault.blind('idempotency_key', key)}",
        fingerprint=bytes.fromhex(vault.blind("request", content)),
    )


def cte(first: int, gate: str) -> str:
    """SQL of a CTE `once_row` that stores `parameters` at $first…$first+3 if `gate` has a row."""
    return (
        "once_row AS (INSERT INTO idempotency_key (id, body_hash, status, answer, created_at)"
        f" SELECT ${first}::varchar, ${first + 1}::bytea, ${first + 2}::int,"
        f" ${first + 3}::bytea, now()"
        f" FROM {gate} WHERE ${first}::varchar IS NOT NULL)"
    )


async def answered(asked: Once) -> Answered | None:
    """The stored answer, if this request was answered before.

    IdempotencyKeyReused if its content differs.
    """
    rows = await connection().execute_query_dict(
        "SELECT body_hash, status, answer FROM idempotency_key WHERE id = $1"
        " AND created_at > now() - interval '24 hours'",
        [asked.id],
    )
    if not rows:
        return None
    row = rows[0]
    if bytes(row["body_hash"]) != asked.fingerprint:
        raise IdempotencyKeyReused
    if row["status"] == _IN_FLIGHT:
        return None
    body = vault.unseal(bytes(row["answer"]), context=f"once:{asked.id}")
    return Answered(status=row["status"], body=body)


async def hold(asked: Once) -> bytes | None:
    """Take the key for a request that talks to the outside; None if another has it or had it.

    The key is to be given back by `finish` or `let_go` with what is returned; from a holder that
    was killed it can be taken after HELD_SECONDS.
    """
    holder = secrets.token_bytes(16)
    taken = await connection().execute_query_dict(_HOLD, [asked.id, asked.fingerprint, holder])
    return holder if taken else None


async def finish(asked: Once, holder: bytes, *, status: int, body: bytes) -> None:
    """Store the answer under the held key; nothing if it was taken over meanwhile."""
    sealed = asked.parameters(status, body)[-1]
    await connection().execute_query_dict(_FINISH, [asked.id, holder, status, sealed])


async def let_go(asked: Once, holder: bytes) -> None:
    """Give the key back without an answer: the same request may be tried again."""
    await connection().execute_query_dict(_LET_GO, [asked.id, holder])


async def claim(asked: Once, within: BaseDBAsyncClient) -> bool:
    """Hold the key until the transaction ends; False if another transaction holds it."""
    rows = await within.execute_query_dict(
        "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS held", [asked.id]
    )
    return bool(rows[0]["held"])


async def store(asked: Once, status: int, body: bytes, within: BaseDBAsyncClient) -> None:
    """Remember the answer in this transaction; a rival's earlier answer stays."""
    identity, fingerprint, code, sealed = asked.parameters(status, body)
    await within.execute_query_dict(
        "INSERT INTO idempotency_key (id, body_hash, status, answer, created_at)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
        [identity, fingerprint, code, sealed, timezone.now()],
    )
