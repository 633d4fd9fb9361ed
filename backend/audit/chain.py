"""Checking the access log: recomputing every row's hash from what it says."""

import hashlib
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from backend.audit import statements
from config import database

_FIRST = bytes(32)
_PAGE = 5000
_BEFORE_ALL = -(1 << 62)


class Connection(Protocol):
    """What is needed of an asyncpg connection."""

    async def fetch(self, query: str, *parameters: Any) -> list[Any]:
        """The rows of a query."""


@dataclass(frozen=True)
class Head:
    """A row's number and hash: noted elsewhere, it shows later that nothing before it was cut.

    The database notes one itself, in a row that only grows, and each backup has that of its moment.
    """

    seq: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """The head written as `seq:hash`; ValueError otherwise."""
        seq, _, hexadecimal = text.strip().partition(":")
        return cls(int(seq), bytes.fromhex(hexadecimal))


@dataclass(frozen=True)
class Checked:
    """How far the chain is sound; `fault` says in a sentence what is wrong after that."""

    head: Head
    until: datetime | None
    fault: str | None = None


async def newest(connection: Connection) -> Head | None:
    """The head that the database noted itself; None before the first row."""
    rows = await connection.fetch(statements.HEAD)
    return Head(rows[0]["seq"], bytes(rows[0]["hash"])) if rows else None


async def check(connection: Connection, *, noted: Collection[Head] = ()) -> Checked:
    """Walk the chain from its first row; stop at the first row that is not as it was written.

    It must hold the heads that were noted, and end with the one that the database noted itself.
    """
    own = await newest(connection)
    marks = {*noted, *([own] if own else [])}
    head, until = Head(0, _FIRST), None
    async for row in _rows(connection):
        if row["number"] != head.seq + 1:
            return Checked(head, until, f"缺少第 {head.seq + 1} 行 / row {head.seq + 1} is missing")
        expected = _hash(head.hash, row["fields"])
        if bytes(row["hash"]) != expected:
            number = row["number"]
            said, english = f"第 {number} 行", f"row {number} was altered, inserted or moved"
            return Checked(head, until, f"{said}曾被改动、插入或移动 / {english}")
        head, until = Head(row["number"], expected), row["moment"]
        if any(mark.seq == head.seq and mark != head for mark in marks):
            said = (
                f"第 {head.seq} 行与另行记下的不同 / row {head.seq} is not the one that was noted"
            )
            return Checked(head, until, said)
    return Checked(head, until, _end(head, own, max((mark.seq for mark in marks), default=0)))


def _end(head: Head, own: Head | None, furthest: int) -> str | None:
    """What is wrong with where the chain ends."""
    if furthest > head.seq:
        first = head.seq + 1
        return f"缺少第 {first} 至 {furthest} 行 / rows {first} to {furthest} are missing"
    if head.seq and own is None:
        return "数据库自己记下的链头缺失 / the database's own note of its head is missing"
    if own and own.seq < head.seq:
        first = own.seq + 1
        return f"第 {first} 至 {head.seq} 行是插入的 / rows {first} to {head.seq} were inserted"
    return None


async def check_at(url: str, *, noted: Collection[Head] = ()) -> Checked:
    """Check the log of the database at this URL, at one moment; raises StartError without it."""
    connection = await database.single(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await check(connection, noted=noted)
    finally:
        await connection.close()


async def _rows(connection: Connection) -> AsyncIterator[Any]:
    last = _BEFORE_ALL
    while page := await connection.fetch(statements.ROWS, last, _PAGE):
        for row in page:
            yield row
        last = page[-1]["number"]


def _hash(before: bytes, fields: Sequence[str | None]) -> bytes:
    return hashlib.sha256(before + b"".join(map(_field, fields))).digest()


def _field(text: str | None) -> bytes:
    if text is None:
        return b"-,"
    content = text.encode()
    return b"%d:%b," % (len(content), content)
