"""The `Idempotency-Key` of one request, and the row that remembers its answer for 24 hours."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from backend.idempotency import statements
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
        """The four values of `once_row`; the answer is sealed: it shows what the resident wrote."""
        sealed = vault.seal(body, context=f"once:{self.id}")
        return [self.id, self.fingerprint, status, sealed]


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


def part(whole: Once, name: str, content: bytes) -> Once:
    """The request for one part of a keyed whole: done once, however often the whole is begun.

    `content` is what is asked of this part.
    """
    owner, _, _ = whole.id.rpartition(":")
    return Once(
        id=f"{owner}:{vault.blind('idempotency_key', f'{whole.id} {name}')}",
        fingerprint=bytes.fromhex(vault.blind("request", sha256(content).hexdigest())),
    )


async def answered(asked: Once) -> Answered | None:
    """The stored answer, if this request was answered before.

    IdempotencyKeyReused if its content differs.
    """
    rows = await connection().execute_query_dict(
        statements.ANSWERED,
        [asked.id],
    )
    if not rows:
        return None
    row = rows[0]
    if bytes(row["body_hash"]) != asked.fingerprint:
        raise IdempotencyKeyReused
    if row["status"] == statements.IN_FLIGHT:
        return None
    body = vault.unseal(bytes(row["answer"]), context=f"once:{asked.id}")
    return Answered(status=row["status"], body=body)


async def hold(asked: Once) -> bytes | None:
    """Take the key for a request that talks to the outside; None if another has it or had it.

    The key is to be given back by `finish` or `let_go` with what is returned; from a holder that
    was killed it can be taken after `statements.HELD_SECONDS`.
    """
    holder = secrets.token_bytes(16)
    taken = await connection().execute_query_dict(
        statements.HOLD, [asked.id, asked.fingerprint, holder]
    )
    return holder if taken else None


async def finish(asked: Once, holder: bytes, *, status: int, body: bytes) -> None:
    """Store the answer under the held key; nothing if it was taken over meanwhile."""
    sealed = asked.parameters(status, body)[-1]
    await connection().execute_query_dict(statements.FINISH, [asked.id, holder, status, sealed])


async def let_go(asked: Once, holder: bytes) -> None:
    """Give the key back without an answer: the same request may be tried again."""
    await connection().execute_query_dict(statements.LET_GO, [asked.id, holder])


async def claim(asked: Once, within: BaseDBAsyncClient) -> bool:
    """Hold the key until the transaction ends; False if another transaction holds it."""
    rows = await within.execute_query_dict(statements.CLAIM, [asked.id])
    return bool(rows[0]["held"])


async def store(asked: Once, status: int, body: bytes, within: BaseDBAsyncClient) -> None:
    """Remember the answer in this transaction; a rival's earlier answer stays."""
    await within.execute_query_dict(statements.STORE, asked.parameters(status, body))


async def forget(*, now: datetime) -> int:
    """Delete the keys whose answers are given no more; how many."""
    return len(await connection().execute_query_dict(statements.FORGET, [now]))
