"""Cursor paging: `limit` and an opaque `cursor` in, `items` and `next_cursor` out."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID
from zlib import crc32

from pydantic import Field
from typing_extensions import TypedDict

from backend.http.body import Query
from backend.http.refusals import CursorInvalid

MOST = 100
LONGEST_NUMBER = 18
NUMBER = f"^[0-9]{{1,{LONGEST_NUMBER}}}$"
NO_TIME = "infinity"
CURSOR = "^[A-Za-z0-9_-]+$"
T = TypeVar("T")


class Page(Query):
    """The paging part of a list's query."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = 20
    cursor: Annotated[str, Field(max_length=200, json_schema_extra={"pattern": CURSOR})] | None = (
        None
    )


class Listing(TypedDict, Generic[T]):
    """One page; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None


def position(page: Page) -> str | None:
    """The key of the last page's last row, or None at the start.

    CursorInvalid if forged, or of another list or other filters: there its row would stand
    anywhere, or nowhere.
    """
    if not page.cursor:
        return None
    padded = page.cursor + "=" * (-len(page.cursor) % 4)
    try:
        of, _, key = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError, ValueError):
        raise CursorInvalid from None
    if of != _list(page):
        raise CursorInvalid
    return key


def position_uuid(page: Page) -> UUID | None:
    """The same where rows are ordered by their id."""
    text = position(page)
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise CursorInvalid from None


def position_number(page: Page) -> int | None:
    """The same where rows are numbered."""
    text = position(page)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise CursorInvalid
    return int(text)


def position_in_time(page: Page) -> tuple[str, UUID] | None:
    """The same where rows are ordered by a time, which may be none (`infinity`), then by their id.

    The time is as PostgreSQL writes it in JSON.
    """
    text = position(page)
    if text is None:
        return None
    at, _, row = text.partition("|")
    try:
        if at != NO_TIME:
            datetime.fromisoformat(at)
        return at, UUID(row)
    except ValueError:
        raise CursorInvalid from None


def at_time(time: str | None, row: str) -> str:
    """The key of a row for `cut`, where `position_in_time` reads it."""
    return f"{time or NO_TIME}|{row}"


def cut(rows: Sequence[T], page: Page, key: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """The page's rows and its next cursor, given one row more than `limit` where there are more."""
    if len(rows) <= page.limit:
        return rows, None
    kept = rows[: page.limit]
    last = f"{_list(page)}:{key(kept[-1])}"
    return kept, base64.urlsafe_b64encode(last.encode()).rstrip(b"=").decode()


def _list(page: Page) -> str:
    """What tells the cursors of a list from those of others: the kind of its query, and filters."""
    filters = page.model_dump_json(exclude={"limit", "cursor"})
    of = f"{type(page).__module__}.{type(page).__qualname__}:{filters}"
    return format(crc32(of.encode()), "x")
