"""Many people filed for at a window in one call, a row each."""

import base64
from collections.abc import Mapping

from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.catalogue import queries as catalogue
from backend.catalogue.refusals import ItemBookedOnly, ItemUnknown
from backend.catalogue.versions import ItemVersion
from backend.http import body
from backend.http.answers import Answer
from backend.http.body import Query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.refusals import BodyInvalid
from backend.http.routes import Routes
from backend.identity.identity_check.refusals import IdentityUnavailable
from backend.staff_api import batch_rows
from backend.staff_api.batch_rows import Asked, BatchRow, FileBatch, RowOutcome
from backend.window import posts, tables
from backend.window.refusals import (
    BatchFileShared,
    BatchRowInvalid,
    BatchRowRepeated,
    BatchRowsUnclear,
    BatchRowUnclear,
    BatchTableInvalid,
    CellNotText,
    FormulaInCell,
    TablesBusy,
    WindowMissing,
    WindowUnclear,
)
from backend.window.sheets import Format
from backend.window.tables import TableRow
from models import Flow

routes = Routes("staff_batches", prefix="/api/v1/staff", guard=Guard.STAFF)

BYTES = 2 * 1024 * 1024
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TemplateQuery(Query):
    """As what it is opened."""

    format: Format = "csv"


class RowOutcomes(TypedDict):
    """One for each row, in their order."""

    results: list[RowOutcome]


async def _again(call: Call[FileBatch, NoQuery]) -> None:
    """The first answer tells once more who has which case: that is reading it."""
    posts.window((await call.staff()), call.body.unit_code)
    try:
        rows = await _rows(call.body, await _item(call.body.item_code))
    except (ItemUnknown, ItemBookedOnly, BatchTableInvalid):
        # The item has changed since: whom a table names was recorded when it came.
        rows = dict(enumerate(call.body.rows, 1))
    await _record(call, rows, repeated=True)


@routes.post(
    "/cases/_batch",
    body=FileBatch,
    body_bytes=BYTES,
    keyed=Keyed.AFTER,
    key_required=True,
    bulk=True,
    of_parts=(
        BatchRowRepeated,
        BatchFileShared,
        BatchRowUnclear,
        BatchRowInvalid,
        FormulaInCell,
        CellNotText,
    ),
    errors=(
        WindowMissing,
        WindowUnclear,
        ItemUnknown,
        ItemBookedOnly,
        BatchRowsUnclear,
        BatchTableInvalid,
        TablesBusy,
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
    rows = await _rows(call.body, await _item(call.body.item_code))
    await _record(call, rows, repeated=False)
    return Answer({"results": await batch_rows.results(call, rows)})


@routes.get(
    "/items/<code:str>/batch-template",
    query=TemplateQuery,
    media=("text/csv", XLSX),
    sends=("Content-Disposition",),
    errors=(ItemUnknown, ItemBookedOnly, TablesBusy),
    unrecorded="it is nobody's",
)
async def get_batch_template(call: Call[Nothing, TemplateQuery], code: str) -> Answer[bytes]:
    """Show the table of an item, empty."""
    form = call.query.format
    content = await tables.template(await _item(code), form)
    headers = {"Content-Disposition": f'attachment; filename="{code}.{form}"'}
    media_type = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    return Answer(content, media_type=media_type, headers=headers)


async def _item(code: str) -> ItemVersion:
    item = await catalogue.current(code)
    if item.flow is Flow.BOOKING:
        raise ItemBookedOnly
    return item


async def _rows(asked: FileBatch, item: ItemVersion) -> dict[int, Asked]:
    """Each row by its number; what can't be read of a table's is refused alone."""
    if bool(asked.rows) == (asked.table is not None):
        raise BatchRowsUnclear
    if asked.table is None:
        return dict(enumerate(asked.rows, 1))
    try:
        content = base64.b64decode(asked.table.content, validate=True)
    except ValueError:
        raise BatchTableInvalid("内容不是 base64") from None
    rows = await tables.read(item, content, asked.table.format)
    return {row.no: _of_table(row) for row in rows}


def _of_table(row: TableRow) -> Asked:
    if row.faults:
        return row.faults
    try:
        return body.nested(row.values, BatchRow, under="")
    except BodyInvalid as wrong:
        return tuple(wrong.invalid_params)


async def _record(
    call: Call[FileBatch, NoQuery], rows: Mapping[int, Asked], *, repeated: bool
) -> None:
    """That these people were asked about, before anything is told of them."""
    asked, by = call.body, await call.staff()
    window = posts.window(by, asked.unit_code)
    await audit.record(
        Act.SEARCH_PERSONS,
        by=by.acting,
        purpose="intake",
        details={
            "by": "batch",
            "item": asked.item_code,
            "rows": len(asked.rows) or "table",
            "persons": await batch_rows.persons(rows),
            "dry_run": asked.dry_run,
            "unit": window.unit_code,
            "role": window.role,
        }
        | ({"repeated": True} if repeated else {}),
    )
