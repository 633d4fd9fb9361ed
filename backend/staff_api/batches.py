"""Many people filed for at a window in one call, a row each."""

import base64
from typing import Annotated, Any, Literal, NotRequired
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.cases.acts.submit import Application
from backend.catalogue import queries as catalogue
from backend.catalogue.refusals import ItemBookedOnly, ItemUnknown
from backend.catalogue.versions import ItemVersion
from backend.errors import InvalidParam
from backend.http import body, keyed, problems
from backend.http.answers import Answer, encode
from backend.http.body import Body, Query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.problems import Problem
from backend.http.refusals import BodyInvalid
from backend.http.routes import Routes
from backend.http.views.materials import Materials, pairs
from backend.idempotency import keys
from backend.identity.identity_check.refusals import IdentityUnavailable
from backend.staff_api.persons import TakeInPerson, newcomer
from backend.staff_api.window_cases import ConsentIn
from backend.window import batches, posts, tables
from backend.window.batches import Row
from backend.window.filing import Consent
from backend.window.persons import Newcomer
from backend.window.refusals import (
    BatchRowInvalid,
    BatchRowRepeated,
    BatchRowsUnclear,
    BatchRowUnclear,
    BatchTableInvalid,
    WindowMissing,
    WindowUnclear,
)
from backend.window.tables import TableRow
from config import encoding
from models import ConsentKind, Flow

routes = Routes("staff_batches", prefix="/api/v1/staff", guard=Guard.STAFF)

MOST = 500
OK, CREATED = 200, 201
BYTES = 2 * 1024 * 1024


class BatchRow(Body):
    """One person, by a document or by id, and what they ask for; a consent is oral unless given."""

    person: TakeInPerson | None = None
    person_id: Annotated[UUID, Field(strict=False)] | None = None
    form: dict[str, Any] = {}
    materials: Materials = []
    community_code: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    consent: ConsentIn | None = None


class BatchTable(Body):
    """A table as the item's template has it, in base64."""

    format: Literal["csv"]
    content: Annotated[str, Field(min_length=1)]


class FileBatch(Body):
    """Applications for one item; a dry run tells of each row what would be refused."""

    item_code: Annotated[str, Field(min_length=1, max_length=50)]
    rows: Annotated[list[BatchRow], Field(max_length=MOST)] = []
    table: BatchTable | None = None
    dry_run: bool
    unit_code: Annotated[str, Field(min_length=1, max_length=24)] | None = None


class TemplateQuery(Query):
    """As what it is opened."""

    format: Literal["csv"] = "csv"


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


class RowOutcomes(TypedDict):
    """One for each row, in their order."""

    results: list[RowOutcome]


async def _again(call: Call[FileBatch, NoQuery]) -> None:
    """The first answer tells once more who has which case: that is reading it."""
    posts.window((await call.staff()), call.body.unit_code)
    await _record(call, repeated=True)


@routes.post(
    "/cases/_batch",
    body=FileBatch,
    body_bytes=BYTES,
    keyed=Keyed.AFTER,
    key_required=True,
    bulk=True,
    of_parts=(BatchRowRepeated, BatchRowUnclear, BatchRowInvalid),
    errors=(
        WindowMissing,
        WindowUnclear,
        ItemUnknown,
        ItemBookedOnly,
        BatchRowsUnclear,
        BatchTableInvalid,
        IdentityUnavailable,
    ),
    records=(Act.SEARCH_PERSONS, Act.TAKE_IN_PERSON),
    again=_again,
)
async def file_batch(call: Call[FileBatch, NoQuery]) -> Answer[RowOutcomes]:
    """File for up to 500 people at my window, or say first what would be refused.

    A repetition with the same key finishes what was interrupted.
    """
    posts.window((await call.staff()), call.body.unit_code)
    rows = _rows(call.body, await _item(call.body.item_code))
    people = {no: _person(row) for no, row in rows.items()}
    await _record(call, repeated=False)
    earlier = await batches.repeated(people)
    return Answer(
        {"results": [await _outcome(call, no, row, earlier.get(no)) for no, row in rows.items()]}
    )


@routes.get(
    "/items/<code:str>/batch-template",
    query=TemplateQuery,
    media=("text/csv",),
    sends=("Content-Disposition",),
    errors=(ItemUnknown, ItemBookedOnly),
    unrecorded="it is nobody's",
)
async def get_batch_template(call: Call[Nothing, TemplateQuery], code: str) -> Answer[bytes]:
    """Show the table of an item, empty."""
    content = tables.template(await _item(code))
    name = f'attachment; filename="{code}.{call.query.format}"'
    headers = {"Content-Disposition": name}
    return Answer(content, media_type="text/csv; charset=utf-8", headers=headers)


async def _item(code: str) -> ItemVersion:
    item = await catalogue.current(code)
    if item.flow is Flow.BOOKING:
        raise ItemBookedOnly
    return item


def _rows(asked: FileBatch, item: ItemVersion) -> dict[int, Asked]:
    """Each row by its number; what can't be read of a table's is refused alone."""
    if bool(asked.rows) == (asked.table is not None):
        raise BatchRowsUnclear
    if asked.table is None:
        return dict(enumerate(asked.rows, 1))
    try:
        content = base64.b64decode(asked.table.content, validate=True)
    except ValueError:
        raise BatchTableInvalid("内容不是 base64") from None
    return {row.no: _of_table(row) for row in tables.read(item, content)}


def _of_table(row: TableRow) -> Asked:
    if row.faults:
        return row.faults
    try:
        return body.nested(row.values, BatchRow, under="")
    except BodyInvalid as wrong:
        return tuple(wrong.invalid_params)


async def _record(call: Call[FileBatch, NoQuery], *, repeated: bool) -> None:
    """That these people were asked about, before anything is told of them."""
    asked = call.body
    people = [row.person_id for row in asked.rows if row.person_id]
    await audit.record(
        Act.SEARCH_PERSONS,
        by=(await call.staff()).acting,
        purpose="intake",
        details={
            "by": "batch",
            "item": asked.item_code,
            "rows": len(asked.rows) or "table",
            "persons": people,
            "dry_run": asked.dry_run,
        }
        | ({"repeated": True} if repeated else {}),
    )


async def _outcome(
    call: Call[FileBatch, NoQuery], no: int, row: Asked, earlier: int | None
) -> RowOutcome:
    """Of what is tried later with the same key no outcome is told: that refuses the whole."""
    try:
        return await (_checked if call.body.dry_run else _filed)(call, no, row, earlier)
    except IdentityUnavailable as away:
        raise IdentityUnavailable(retry_after=away.retry_after) from away
    # Also a fault of ours is of this row alone.
    except Exception as error:  # noqa: BLE001
        problem = problems.of_part(error, call.request)
        return {"row": no, "status": problem["status"], "problem": problem}


async def _checked(
    call: Call[FileBatch, NoQuery], no: int, row: Asked, earlier: int | None
) -> RowOutcome:
    by, unit = await call.staff(), call.body.unit_code
    asked = _row(call.body.item_code, row, earlier)
    await batches.check(asked, unit_code=unit, by=by, now=call.now)
    return {"row": no, "status": OK}


async def _filed(
    call: Call[FileBatch, NoQuery], no: int, row: Asked, earlier: int | None
) -> RowOutcome:
    by, asked = await call.staff(), _row(call.body.item_code, row, earlier)
    if call.once is None:
        raise TypeError("a batch has a key")
    content = encoding.dumps([call.body.item_code, _given(row).model_dump(mode="json")])
    once = keys.part(call.once, f"row {no}", content)
    if (first := await keys.answered(once)) is not None:
        return _told(first.body)
    seen = await batches.looked(asked, by=by, now=call.now)

    async def file() -> Answer[RowOutcome]:
        unit = call.body.unit_code
        case_id = await batches.file(asked, seen, unit_code=unit, by=by, now=call.now)
        return Answer({"row": no, "status": CREATED, "case_id": case_id}, CREATED)

    return _told(encode((await keyed.run(Keyed.ATOMIC, once, file, seconds=0)).body))


def _told(kept: bytes) -> RowOutcome:
    outcome: RowOutcome = encoding.loads(kept)
    return outcome


def _given(row: Asked) -> BatchRow:
    """The row, where it could be read."""
    if isinstance(row, tuple):
        raise BatchRowInvalid(invalid_params=row)
    return row


def _person(row: Asked) -> Newcomer | UUID | None:
    """Whom the row names; None where that is not clear."""
    if isinstance(row, tuple) or (row.person is None) == (row.person_id is None):
        return None
    return newcomer(row.person) if row.person else row.person_id


def _row(item_code: str, asked: Asked, earlier: int | None) -> Row:
    """The row as it is filed; `earlier` is one of the same person before it."""
    row = _given(asked)
    if (person := _person(row)) is None:
        raise BatchRowUnclear
    if earlier is not None:
        raise BatchRowRepeated(earlier)
    given = row.consent
    return Row(
        person=person,
        application=Application(
            item_code=item_code,
            form=row.form,
            materials=pairs(row.materials),
            community_code=row.community_code,
        ),
        consent=Consent(kind=given.kind, file_id=given.file_id)
        if given
        else Consent(kind=ConsentKind.ORAL),
    )
