"""Keeping an application that was begun: by the account, sealed, for thirty days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from tortoise.transactions import in_transaction
from typing_extensions import TypedDict

from backend.catalogue import queries as catalogue
from backend.drafts import statements
from backend.drafts.refusals import DraftNotFound, DraftStale, DraftsTooMany, DraftTooLarge
from backend.identity.refusals import SessionEnded
from config.clock import CITY_TIME
from config.database import connection
from config.vault import sealed

MOST = 20
BYTES = 64 * 1024
KEPT = timedelta(days=30)


class DraftMaterial(TypedDict):
    """A paper that is to be handed in; nobody has checked whether its file was ever there."""

    material_code: str
    file_id: UUID


class DraftSummary(TypedDict):
    """A draft in a list."""

    id: UUID
    item_code: str
    item_version: int
    updated_at: datetime
    expires_at: datetime
    version: int


class Draft(DraftSummary):
    """A draft with its answers, which nobody has checked; `item_version` is that of the saving."""

    form: dict[str, Any]
    materials: list[DraftMaterial]


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is saved."""

    item_code: str
    form: dict[str, Any]
    materials: list[DraftMaterial]


async def save(
    draft_id: UUID, content: Content, *, resident_id: UUID, seen: int, now: datetime
) -> Draft:
    """Keep the draft under the client's id; `seen` is the version it changes, 0 for a new one.

    The same content again is the draft as it is. Raises ItemUnknown, DraftTooLarge, DraftsTooMany,
    DraftNotFound, SessionEnded, and DraftStale with the stored one where another was faster.
    """
    if seen:
        # Whose it is counts before what is said.
        await one(draft_id, resident_id, now=now)
    item = await catalogue.current(content.item_code)
    text = orjson.dumps({"form": content.form, "materials": content.materials}).decode()
    if len(text.encode()) > BYTES:
        raise DraftTooLarge
    written = [
        draft_id,
        resident_id,
        item.code,
        item.version,
        sealed.seal("draft", draft_id, column="content", text=text),
        now,
        now + KEPT,
        sorted({material["file_id"] for material in content.materials}),
    ]
    rows = await (_changed(written, seen) if seen else _begun(written))
    if rows:
        return _draft(rows[0])
    stored = await one(draft_id, resident_id, now=now)
    if _same(stored, content, text):
        return stored
    raise DraftStale(stored)


async def one(draft_id: UUID, resident_id: UUID, *, now: datetime) -> Draft:
    """A draft of this account; DraftNotFound for anybody else's."""
    given = [draft_id, resident_id, now]
    rows = await connection().execute_query_dict(statements.ONE, given)
    if not rows:
        raise DraftNotFound
    return _draft(rows[0])


async def of_resident(resident_id: UUID, *, now: datetime) -> list[DraftSummary]:
    """The drafts of this account, the last changed first; never more than MOST."""
    rows = await connection().execute_query_dict(statements.LIST, [resident_id, now])
    return [_summary(row) for row in rows]


async def delete(draft_id: UUID, resident_id: UUID, *, now: datetime) -> None:
    """Throw a draft away; DraftNotFound."""
    given = [draft_id, resident_id, now]
    if not await connection().execute_query_dict(statements.DELETE, given):
        raise DraftNotFound


async def forget(*, now: datetime) -> int:
    """Delete what nobody has changed for thirty days; how many."""
    return len(await connection().execute_query_dict(statements.FORGET, [now]))


async def _begun(written: list[Any]) -> list[dict[str, Any]]:
    """The new draft's row; none where the id is taken."""
    draft_id, resident_id, now = written[0], written[1], written[5]
    async with in_transaction() as within:
        if not await within.execute_query_dict(statements.IN_TURN, [resident_id]):
            raise SessionEnded
        await within.execute_query(statements.EXPIRED, [resident_id, draft_id, now])
        rows: list[dict[str, Any]] = await within.execute_query_dict(statements.BEGIN, written)
        kept = await within.execute_query_dict(statements.KEPT, [resident_id])
        if kept[0]["kept"] > MOST:
            raise DraftsTooMany
    return rows


async def _changed(written: list[Any], seen: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await connection().execute_query_dict(
        statements.CHANGE, [*written, seen]
    )
    return rows


def _same(stored: Draft, content: Content, text: str) -> bool:
    kept = orjson.dumps({"form": stored["form"], "materials": stored["materials"]}).decode()
    return stored["item_code"] == content.item_code and kept == text


def _summary(row: Mapping[str, Any]) -> DraftSummary:
    return {
        "id": row["id"],
        "item_code": row["item_id"],
        "item_version": row["item_version"],
        "updated_at": row["updated_at"].astimezone(CITY_TIME),
        "expires_at": row["expires_at"].astimezone(CITY_TIME),
        "version": row["version"],
    }


def _draft(row: Mapping[str, Any]) -> Draft:
    stored = row["content_sealed"]
    content = sealed.unseal_json("draft", row["id"], column="content", stored=stored)
    materials: list[DraftMaterial] = [
        {"material_code": each["material_code"], "file_id": UUID(each["file_id"])}
        for each in content["materials"]
    ]
    return {**_summary(row), "form": content["form"], "materials": materials}
