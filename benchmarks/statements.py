"""What SQL an endpoint runs: taken from PostgreSQL's own log of one request, not from our code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

_BEGIN = re.compile(r"^\S+ \S+ \S+ \[(?P<pid>\d+)\] (?P<kind>[A-Z]+):  (?P<text>.*)$")
_EXECUTE = re.compile(r"^execute [^:]+: (?P<sql>.*)$", re.DOTALL)
_SIMPLE = re.compile(r"^statement: (?P<sql>.*)$", re.DOTALL)
_VALUE = re.compile(r"\$\d+ = (NULL|'(?:[^']|'')*')", re.DOTALL)
_PARAMETERS = re.compile(r"^parameters: ", re.IGNORECASE)

# Whoever connects after this is heard; otherwise the launcher keeps rows out of the log.
HEAR = (
    "ALTER DATABASE {name} SET log_statement = 'all'",
    "ALTER DATABASE {name} SET log_error_verbosity = 'default'",
)
FORGET = (
    "ALTER DATABASE {name} RESET log_statement",
    "ALTER DATABASE {name} RESET log_error_verbosity",
)


@dataclass(frozen=True)
class Statement:
    """A statement as PostgreSQL ran it; values are text or None, types as PostgreSQL names them."""

    sql: str
    values: tuple[str | None, ...] = ()
    types: tuple[str, ...] = ()


def written(log: Path) -> int:
    """How many bytes the log has now."""
    return log.stat().st_size


def heard(log: Path, start: int) -> list[Statement]:
    """The statements written to the log after its first `start` bytes, in their order."""
    text = log.read_bytes()[start:].decode()
    found: list[tuple[str, Statement]] = []
    for pid, kind, content in _entries(text.splitlines()):
        if kind == "LOG" and (match := _EXECUTE.match(content) or _SIMPLE.match(content)):
            found.append((pid, Statement(match["sql"])))
        elif kind == "DETAIL" and _PARAMETERS.match(content) and found and found[-1][0] == pid:
            values = tuple(_unquoted(value) for value in _VALUE.findall(content))
            found[-1] = pid, Statement(found[-1][1].sql, values)
    return [statement for _, statement in found]


async def typed(statements: Sequence[Statement], connection: asyncpg.Connection) -> list[Statement]:
    """The same with the types of their parameters, as PostgreSQL infers them."""
    return [
        Statement(each.sql, each.values, await _types(each.sql, connection)) for each in statements
    ]


async def _types(sql: str, connection: asyncpg.Connection) -> tuple[str, ...]:
    prepared = await connection.prepare(sql)
    return tuple(kind.name for kind in prepared.get_parameters())


def _entries(lines: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Process, kind and text of each entry; its further lines begin with a tab."""
    entry: tuple[str, str, str] | None = None
    for line in lines:
        if begin := _BEGIN.match(line):
            if entry:
                yield entry
            entry = begin["pid"], begin["kind"], begin["text"]
        elif entry:
            entry = *entry[:2], f"{entry[2]}\n{line.removeprefix(chr(9))}"
    if entry:
        yield entry


def _unquoted(value: str) -> str | None:
    return None if value == "NULL" else value[1:-1].replace("''", "'")
