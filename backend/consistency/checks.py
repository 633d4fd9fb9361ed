"""What a check is: a name, the sentence that must be true, and how to find what breaks it."""

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from models import Right


class Connection(Protocol):
    """What checks need of the one asyncpg connection of an audit, in its transaction."""

    async def fetch(self, query: str, *parameters: Any) -> list[Any]:
        """All rows."""

    async def fetchrow(self, query: str, *parameters: Any) -> Any:
        """The first row."""

    def cursor(self, query: str) -> AsyncIterable[Any]:
        """The rows, a few at a time."""


SHOWN = 5


def owner(account: str) -> str:
    """Whether a case `c` is, or was, this account's or its person's."""
    return (
        f"EXISTS (SELECT FROM resident o WHERE o.id = {account} AND"
        " (o.id = c.resident_id OR o.person_id = c.subject_id OR o.erased_at IS NOT NULL))"
    )


def agent(person: str, item: str) -> str:
    """Whether the resident who made an event `e` then had a mandate of this person, for this item.

    With an account, its person's mandates by code are erased, too. A revocation asked for a moment
    earlier may have waited for the act.
    """
    return f"""EXISTS (SELECT FROM resident g WHERE g.id = e.actor_id AND (
        g.erased_at IS NOT NULL
        OR EXISTS (SELECT FROM erasure x WHERE x.person_id = {person})
        OR EXISTS (SELECT FROM mandate m WHERE m.principal_id = {person}
            AND m.agent_id = g.person_id AND m.rights ? '{Right.SUBMIT}'
            AND (m.items IS NULL OR coalesce(m.items ? {item}, false))
            AND m.accepted_at <= e.created_at
            AND m.until >= (e.created_at AT TIME ZONE 'Asia/Shanghai')::date
            AND coalesce(m.revoked_at > e.created_at - interval '1 minute', true))))"""


@dataclass(frozen=True)
class Faults:
    """How many rows break a sentence, and the first few of their ids: never what they hold."""

    count: int
    first: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """A sentence about the stored data; `find` gives the rows for which it is not true."""

    name: str
    sentence: str
    find: Callable[[Connection], Awaitable[Faults]]


def sql(name: str, sentence: str, faulty: str) -> Check:
    """A check whose faulty rows one statement finds: one column, the id as text."""

    async def find(connection: Connection) -> Faults:
        row = await connection.fetchrow(
            f"SELECT count(*) AS count, (array_agg(id ORDER BY id))[:{SHOWN}] AS first"
            f" FROM ({faulty}) AS faulty(id)"
        )
        return Faults(row["count"], tuple(row["first"] or ()))

    return Check(name, sentence, find)


def faults(ids: Iterable[str]) -> Faults:
    """The faults of a check that compares in Python."""
    found = sorted(ids)
    return Faults(len(found), tuple(islice(found, SHOWN)))


def rows(*values: tuple[str, ...]) -> str:
    """Our own words as rows of SQL, for `IN (VALUES …)`."""
    return ", ".join("(" + ", ".join(f"'{each}'" for each in value) + ")" for value in values)
