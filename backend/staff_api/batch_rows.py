"""The rows of a batch: how they are written, and what becomes of each."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Annotated, Any, NamedTuple, NotRequired
from uuid import UUID

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from backend.cases.acts.submit import Application
from backend.errors import InvalidParam
from backend.http import keyed, problems
from backend.http.answers import Answer, encode
from backend.http.body import Body
from backend.http.call import Call, NoQuery
from backend.http.keyed import Keyed
from backend.http.problems import Problem
from backend.http.views.materials import Materials, pairs
from backend.idempotency import keys
from backend.idempotency.keys import Once
from backend.identity.identity_check.refusals import IdentityUnavailable
from backend.staff_api import window_cases
from backend.staff_api.persons import TakeInPerson, newcomer
from backend.staff_api.window_cases import AgentIn, ConsentIn
from backend.window import batches
from backend.window.batches import Row
from backend.window.cells import MOST_ROWS
from backend.window.filing import Consent
from backend.window.persons import Newcomer, Seen
from backend.window.refusals import (
    BatchFileShared,
    BatchRowInvalid,
    BatchRowRepeated,
    BatchRowUnclear,
)
from backend.window.sheets import Format
from config import encoding
from models import ConsentKind

OK, CREATED = 200, 201
# So many rows wait for the identity service together.
AT_ONCE = 4


class BatchRow(Body):
    """One person, by a document or by id, and what they ask for; a consent is oral unless given.

    The agent stands there in the person's place.
    """

    person: TakeInPerson | None = None
    person_id: Annotated[UUID, Field(strict=False)] | None = None
    form: dict[str, Any] = {}
    materials: Materials = []
    community_code: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    consent: ConsentIn | None = None
    agent: AgentIn | None = None


class BatchTable(Body):
    """A table as the item's template has it, in base64."""

    format: Format
    content: Annotated[str, Field(min_length=1)]


def _few_enough(given: object, take: ValidatorFunctionWrapHandler) -> object:
    """As a table of too many rows is refused."""
    try:
        return take(given)
    except ValidationError as error:
        if any(
            fault["type"] == "too_long" and not fault["loc"]
            for fault in error.errors(include_input=False)
        ):
            raise PydanticCustomError("too_many_rows", "", {"most": MOST_ROWS}) from None
        raise


class FileBatch(Body):
    """Applications for one item; a dry run tells of each row what would be refused."""

    item_code: Annotated[str, Field(min_length=1, max_length=50)]
    rows: Annotated[list[BatchRow], Field(max_length=MOST_ROWS), WrapValidator(_few_enough)] = []
    table: BatchTable | None = None
    dry_run: bool
    unit_code: Annotated[str, Field(min_length=1, max_length=24)] | None = None


Asked = BatchRow | tuple[InvalidParam, ...]
"""A row, or what of it can't be read."""


class RowOutcome(TypedDict):
    """What became of a row: 201 and its case, 200 in a dry run, or why not.

    Counted from 1, the head of a table included.
    """

    row: int
    status: int
    case_id: NotRequired[UUID]
    problem: NotRequired[Problem]


async def results(call: Call[FileBatch, NoQuery], rows: Mapping[int, Asked]) -> list[RowOutcome]:
    """What becomes of each row, in their order; IdentityUnavailable ends it, to be repeated."""
    earlier, lists = await _earlier(rows)
    numbered, told = list(rows.items()), []
    for start in range(0, len(numbered), AT_ONCE):
        some = [(no, row, earlier[no]) for no, row in numbered[start : start + AT_ONCE]]
        work = await asyncio.gather(*(_prepared(call, *each, lists=lists) for each in some))
        told += [await _outcome(call, each) for each in work]
    return told


async def persons(rows: Mapping[int, Asked]) -> list[UUID]:
    """Whom the rows ask about, as far as we know them: also where a row is refused, or tried."""
    named = [_person(row) for row in rows.values()]
    return await batches.known([person for person in named if person is not None])


class _Earlier(NamedTuple):
    """The earlier row of the same person, and the one with one of the same files, if any."""

    person: int | None
    file: int | None


async def _earlier(rows: Mapping[int, Asked]) -> tuple[dict[int, _Earlier], set[UUID]]:
    """What each row has in common with one before it, also where that one is refused itself.

    And the lists that several rows have as their consent, which they may share.
    """
    repeated = await batches.repeated({no: _person(row) for no, row in rows.items()})
    papers = {no: _papers(row) for no, row in rows.items()}
    consents = {no: _consents(row) for no, row in rows.items()}
    every = chain.from_iterable
    lists = batches.lists(every(consents.values()), every(papers.values()))
    shared = batches.shared({no: papers[no] | (consents[no] - lists) for no in rows})
    return {no: _Earlier(repeated.get(no), shared.get(no)) for no in rows}, lists


@dataclass(frozen=True, kw_only=True)
class _Work:
    """A row that was looked at: as it is filed, or why not, or what became of it before."""

    no: int
    row: Row | None = None
    seen: Seen | None = None
    once: Once | None = None
    fault: Exception | None = None
    told: RowOutcome | None = None


async def _prepared(
    call: Call[FileBatch, NoQuery], no: int, asked: Asked, earlier: _Earlier, *, lists: set[UUID]
) -> _Work:
    """What is done before a row's transaction; each of a few rows waits for the authority alone."""
    once = None
    try:
        row = _row(call.body.item_code, asked, earlier, lists)
        if not call.body.dry_run:
            once = _once(call, no, asked)
            if (first := await keys.answered(once)) is not None:
                return _Work(no=no, told=_told(first.body))
        seen = await batches.looked(row, by=await call.staff(), now=call.now)
    # Also a fault of ours is of this row alone.
    except Exception as error:  # noqa: BLE001
        return _Work(no=no, once=once, fault=error)
    return _Work(no=no, row=row, seen=seen, once=once)


async def _outcome(call: Call[FileBatch, NoQuery], work: _Work) -> RowOutcome:
    """Of what is tried later with the same key no outcome is told: that refuses the whole."""
    if work.told is not None:
        return work.told
    try:
        return await _done(call, work)
    except IdentityUnavailable as away:
        raise IdentityUnavailable(retry_after=away.retry_after) from away
    except Exception as error:  # noqa: BLE001 - as above
        problem = problems.of_part(error, call.request)
        return {"row": work.no, "status": problem["status"], "problem": problem}


async def _done(call: Call[FileBatch, NoQuery], work: _Work) -> RowOutcome:
    row, by, unit = work.row, await call.staff(), call.body.unit_code
    if row is None:
        raise work.fault or TypeError("a row is there or refused")
    if work.once is None:
        await batches.check(row, work.seen, unit_code=unit, by=by, now=call.now)
        return {"row": work.no, "status": OK}

    async def file() -> Answer[RowOutcome]:
        case_id = await batches.file(row, work.seen, unit_code=unit, by=by, now=call.now)
        return Answer({"row": work.no, "status": CREATED, "case_id": case_id}, CREATED)

    return _told(encode((await keyed.run(Keyed.ATOMIC, work.once, file, seconds=0)).body))


def _once(call: Call[FileBatch, NoQuery], no: int, asked: Asked) -> Once:
    """The row's own key: what was filed under it is told again."""
    if call.once is None:
        raise TypeError("a batch has a key")
    content = encoding.dumps([call.body.item_code, _given(asked).model_dump(mode="json")])
    return keys.part(call.once, f"row {no}", content)


def _told(kept: bytes) -> RowOutcome:
    outcome: RowOutcome = encoding.loads(kept)
    return outcome


def _given(row: Asked) -> BatchRow:
    """The row, where it could be read."""
    if isinstance(row, tuple):
        raise BatchRowInvalid.of(row)
    return row


def _person(row: Asked) -> Newcomer | UUID | None:
    """Whom the row names; None where that is not clear."""
    if isinstance(row, tuple) or (row.person is None) == (row.person_id is None):
        return None
    return newcomer(row.person) if row.person else row.person_id


def _papers(row: Asked) -> set[UUID]:
    """The papers that were photographed for the row."""
    return set() if isinstance(row, tuple) else {each.file_id for each in row.materials}


def _consents(row: Asked) -> set[UUID]:
    """The photo of the row's consent, if it has one."""
    if isinstance(row, tuple) or row.consent is None or row.consent.file_id is None:
        return set()
    return {row.consent.file_id}


def _row(item_code: str, asked: Asked, earlier: _Earlier, lists: set[UUID]) -> Row:
    """The row as it is filed."""
    row = _given(asked)
    if (person := _person(row)) is None:
        raise BatchRowUnclear
    if earlier.person is not None:
        raise BatchRowRepeated(earlier.person)
    if earlier.file is not None:
        raise BatchFileShared(earlier.file)
    consent = row.consent.given if row.consent else Consent(kind=ConsentKind.ORAL)
    return Row(
        person=person,
        application=Application(
            item_code=item_code,
            form=row.form,
            materials=pairs(row.materials),
            community_code=row.community_code,
        ),
        consent=replace(consent, of_many=consent.file_id in lists),
        agent=window_cases.agent(row.agent) if row.agent else None,
    )
