"""Drawing again what the file store lost: what a paper says is kept, and makes the same bytes."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from uuid import UUID

from backend.files import store
from backend.papers import drawing, statements
from backend.papers.record import Issued, from_row
from config.database import connection

PAGE = 200
_FIRST = UUID(int=0)


async def lost() -> AsyncIterator[Issued]:
    """The papers that were drawn and whose bytes the store has not; FilesUnavailable."""
    after = _FIRST
    while rows := await connection().execute_query_dict(statements.DRAWN, [after, PAGE]):
        there = await asyncio.gather(*(store.holds(row["key"], 1) for row in rows))
        for row, held in zip(rows, there, strict=True):
            if not held:
                yield from_row(row)
        after = rows[-1]["id"]


async def of_number(number: str) -> Issued | None:
    """The paper of this number, revoked or not."""
    rows = await connection().execute_query_dict(statements.BY_NUMBER, [number])
    return from_row(rows[0]) if rows else None


async def redraw(paper: Issued) -> bool:
    """Put its bytes where they lay; False, and nothing stored, unless they are what was issued.

    They differ where the typesetter, a font or the layout is another than then, or is gone, and
    there are none of one that was not drawn yet. PapersBusy, FilesUnavailable, StorageFull.
    """
    if paper.key is None:
        return False
    try:
        pdf = await drawing.draw(paper.content, paper.layout)
    except drawing.LayoutFaultyError:
        return False
    if sha256(pdf).hexdigest() != paper.sha256:
        return False
    await store.put(paper.key, pdf)
    return True
