"""The `Idempotency-Key` of one request, and the row that remembers its answer for 24 hours."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tortoise import timezone
from tortoise.backends.base.client import BaseDBAsyncClient

from backend import vault
from backend.errors import Conflict, Invalid
from config.database import connection


@dataclass(frozen=True)
class Answered:
    """The first answer to a keyed request: HTTP status and body bytes."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Once:
    """A keyed request of one owner; `fingerprint` covers method, path and body."""

    id: str
    fingerprint: bytes

    def parameters(self, status: int, body: bytes) -> list[Any]:
        """The four values of `cte`, the answer sealed because it shows what the resident wrote."""
        sealed = vault.seal(body, context=f"once:{self.id}")
        return [self.id, self.fingerprint, status, sealed]


NOT_KEYED: list[Any] = [None, b"", 0, b""]


def once(owner: str, key: str, *, method: str, path: str, body: bytes) -> Once:
    """The keyed request of `owner` (kind and id); owners' equal keys are different requests."""
    return Once(
        id=f"{owner}:{key}",
        fingerprint=sha256(f"{method} {path}\n".encode() + body).digest(),
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
    """The stored answer, if this request was answered before; Invalid if its content differs."""
    rows = await connection().execute_query_dict(
        "SELECT body_hash, status, answer FROM idempotency_key WHERE id = $1"
        " AND created_at > now() - interval '24 hours'",
        [asked.id],
    )
    if not rows:
        return None
    row = rows[0]
    if bytes(row["body_hash"]) != asked.fingerprint:
        raise Invalid(
            "同一个 Idempotency-Key 不能用于不同的请求内容", code="idempotency_key_reused"
        )
    body = vault.unseal(bytes(row["answer"]), context=f"once:{asked.id}")
    return Answered(status=row["status"], body=body)


async def claim(asked: Once, within: BaseDBAsyncClient) -> Answered | None:
    """Hold the key until the transaction ends; Conflict if a first request with it still runs."""
    rows = await within.execute_query_dict(
        "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS held", [asked.id]
    )
    if not rows[0]["held"]:
        raise Conflict(
            "相同的请求正在处理，请稍后再试", code="idempotency_key_in_flight", retry_after=1
        )
    return await answered(asked)


async def store(asked: Once, status: int, body: bytes, within: BaseDBAsyncClient) -> None:
    """Remember the answer in this transaction; a rival's earlier answer stays."""
    identity, fingerprint, code, sealed = asked.parameters(status, body)
    await within.execute_query_dict(
        "INSERT INTO idempotency_key (id, body_hash, status, answer, created_at)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
        [identity, fingerprint, code, sealed, timezone.now()],
    )
