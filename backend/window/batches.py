"""Many people filed for at a window, a row each: every row by itself, as if it were alone."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts.submit import Application
from backend.cases.record.intake import Agent
from backend.identity import id_number, identity_check
from backend.identity.actors import StaffActor
from backend.window import filing, persons, statements
from backend.window.filing import Consent
from backend.window.persons import Newcomer, Seen
from config import vault
from config.database import connection


@dataclass(frozen=True, kw_only=True)
class Row:
    """Who it is for, as a document says or by the id that a search gave, and what they ask for."""

    person: Newcomer | UUID
    application: Application
    consent: Consent
    agent: Agent | None = None


class _Undone(Exception):
    """All was possible, and is not to be done."""


async def check(
    row: Row, seen: Seen | None, *, unit_code: str | None, by: StaffActor, now: datetime
) -> None:
    """Refuse what `file` would refuse, and write nothing but the identity service's word.

    Each question counts, so that the filing need not ask once more.
    """
    if seen is not None and seen.confirmed is not None:
        await identity_check.keep(seen.confirmed)
    with suppress(_Undone):
        async with _undone():
            await file(row, seen, unit_code=unit_code, by=by, now=now)


@asynccontextmanager
async def _undone() -> AsyncIterator[None]:
    """A transaction that comes to nothing; what is refused in it is refused."""
    async with in_transaction():
        yield
        raise _Undone


async def looked(row: Row, *, by: StaffActor, now: datetime) -> Seen | None:
    """What `persons.look` finds of whom the row names by a document; before any transaction."""
    if isinstance(row.person, UUID):
        return None
    return await persons.look(row.person, by=by, now=now)


async def file(
    row: Row, seen: Seen | None, *, unit_code: str | None, by: StaffActor, now: datetime
) -> UUID:
    """Take the person in and file for them, together or not at all; the case.

    In a transaction of the caller's, with what `looked` found. Raises as `persons.keep` and
    `filing.file`.
    """
    if isinstance(row.person, UUID):
        person_id = row.person
    elif seen is not None:
        found, _ = await persons.keep(seen, by=by, now=now)
        person_id = found.id
    else:
        raise TypeError("who is named by a document is looked at first")
    return await filing.file(
        row.application,
        person_id=person_id,
        consent=row.consent,
        agent=row.agent,
        unit_code=unit_code,
        by=by,
        now=now,
    )


async def known(people: Collection[Newcomer | UUID]) -> list[UUID]:
    """The ids of whom rows name: as they are given, or by the number of a document we know."""
    ids = [person for person in people if isinstance(person, UUID)]
    hashes = [_hash(person) for person in people if isinstance(person, Newcomer)]
    rows = await connection().execute_query_dict(statements.OF_NUMBERS, [hashes]) if hashes else []
    return [*{*ids, *(row["id"] for row in rows)}]


async def repeated(people: Mapping[int, Newcomer | UUID | None]) -> dict[int, int]:
    """Which rows, by their numbers, are of the person of an earlier one, and of which."""
    ids = [person for person in people.values() if isinstance(person, UUID)]
    rows = await connection().execute_query_dict(statements.HASHES, [ids]) if ids else []
    hashes = {row["id"]: row["id_number_hash"] for row in rows}
    first: dict[str, int] = {}
    found: dict[int, int] = {}
    for number, person in people.items():
        if person is None:
            continue
        key = hashes.get(person, str(person)) if isinstance(person, UUID) else _hash(person)
        if first.setdefault(key, number) != number:
            found[number] = first[key]
    return found


def _hash(person: Newcomer) -> str:
    return vault.blind("id_number", id_number.canonical(person.id_number))


def lists(consents: Iterable[UUID], papers: Iterable[UUID]) -> set[UUID]:
    """The photos of a list that several signed: the consent of several rows, and nobody's paper."""
    return {each for each, rows in Counter(consents).items() if rows > 1} - {*papers}


def shared(files: Mapping[int, Collection[UUID]]) -> dict[int, int]:
    """Which rows, by their numbers, have a file that an earlier one has, and which of them."""
    first: dict[UUID, int] = {}
    found: dict[int, int] = {}
    for number, of_row in files.items():
        for each in of_row:
            if first.setdefault(each, number) != number:
                found.setdefault(number, first[each])
    return found
