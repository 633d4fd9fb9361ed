"""A resident's files: what they uploaded or handed in, and where each was used."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Unpack
from uuid import UUID

import orjson
from typing_extensions import TypedDict

from backend.files import names, statements
from config.clock import CITY_TIME
from config.database import connection


class Use(NamedTuple):
    """A case that a file was handed in for, as the material of this code."""

    material_code: str
    item_code: str
    item_name: str
    case_id: UUID
    number: str


class OwnFile(NamedTuple):
    """A file that is the resident's, and its uses, the last one first."""

    id: UUID
    at: datetime
    name: str
    media_type: str
    size: int
    sha256: str
    uses: list[Use]


class Wanted(TypedDict):
    """A page of files; of a `material` only those handed in as the one of this code."""

    material: str | None
    before: UUID | None
    limit: int


async def of_resident(resident_id: UUID, **wanted: Unpack[Wanted]) -> list[OwnFile]:
    """The files of the account, and of its person's cases and kept for the person, newest first."""
    return await _page(statements.OWN, resident_id, wanted)


async def for_agent(
    person_id: UUID, items: list[str] | None, **wanted: Unpack[Wanted]
) -> list[OwnFile]:
    """What was handed in for the person's cases of these items, or of any, newest first."""
    return await _page(statements.HANDED_IN_FOR, person_id, wanted, items)


async def _page(statement: str, whose: UUID, wanted: Wanted, *more: object) -> list[OwnFile]:
    given = [whose, wanted["before"], wanted["material"], wanted["limit"], *more]
    return [_file(row) for row in await connection().execute_query_dict(statement, given)]


def _file(row: Mapping[str, Any]) -> OwnFile:
    uses = orjson.loads(row["uses"]) if row["uses"] else []
    return OwnFile(
        id=row["id"],
        at=row["created_at"].astimezone(CITY_TIME),
        name=names.opened(row["id"], row["name_sealed"]),
        media_type=row["media_type"],
        size=row["size"],
        sha256=row["sha256"],
        uses=[
            Use(code, item, name, UUID(case_id), number)
            for code, item, name, case_id, number in uses
        ],
    )
