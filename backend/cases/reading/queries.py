"""Reading cases; every function says whose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from backend.cases.reading import statements
from backend.cases.reading.scope import Received, Scope
from backend.cases.record import listed, objects, shown
from backend.cases.record.listed import Listed
from backend.cases.record.shown import Shown
from backend.cases.record.snapshot import Snapshot, from_row
from backend.cases.rules.refusals import CaseNotFound
from backend.catalogue import queries as catalogue
from backend.mandates.acting import Behalf
from config.database import connection
from models import CaseStatus


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What staff look for; `person_hash` is the blind hash of an ID number or a phone number."""

    status: CaseStatus | None = None
    item_code: str | None = None
    unit_code: str | None = None
    number: str | None = None
    person_hash: str | None = None


async def one_of_resident(case_id: UUID, resident_id: UUID) -> Snapshot:
    """A case of the resident, or of their person, whole; CaseNotFound for anybody else's."""
    rows = await connection().execute_query_dict(statements.OF_RESIDENT, [case_id, resident_id])
    if not rows:
        raise CaseNotFound
    return await snapshot(rows[0])


async def shown_to_resident(case_id: UUID, resident_id: UUID) -> Shown:
    """The same as it is shown; CaseNotFound."""
    given = [case_id, resident_id]
    rows = await connection().execute_query_dict(statements.SHOWN_TO_RESIDENT, given)
    if not rows:
        raise CaseNotFound
    return await shown.read(rows[0])


async def one(case_id: UUID) -> Snapshot:
    """A case with its events and papers; the caller has checked who asks. CaseNotFound."""
    rows = await connection().execute_query_dict(statements.ANY, [case_id])
    if not rows:
        raise CaseNotFound
    return await snapshot(rows[0])


async def snapshot(row: Mapping[str, Any]) -> Snapshot:
    """The snapshot of a row, with the item's version it was filed in."""
    return from_row(row, await catalogue.version(row["item_version_id"]))


async def list_of_resident(
    resident_id: UUID, *, status: CaseStatus | None, before: UUID | None, limit: int
) -> list[Listed]:
    """The cases of the resident and of their person, newest first."""
    return await _page(statements.LIST_OF_RESIDENT, [resident_id, before, status, limit])


async def list_for(
    behalf: Behalf, *, status: CaseStatus | None, before: UUID | None, limit: int
) -> list[Listed]:
    """The cases of the principal that the agent's mandate covers, newest first."""
    given = [behalf.principal_id, before, status, limit, behalf.items]
    return await _page(statements.LIST_OF_PERSON, given)


async def shown_for(case_id: UUID, behalf: Behalf) -> Shown:
    """A case of the principal that the agent's mandate covers; CaseNotFound for any other."""
    return await shown.read(await _covered(statements.SHOWN_OF_PERSON, case_id, behalf))


async def one_for(case_id: UUID, behalf: Behalf) -> Snapshot:
    """The same whole, without its query code."""
    return await snapshot(await _covered(statements.OF_PERSON, case_id, behalf))


async def _covered(statement: str, case_id: UUID, behalf: Behalf) -> Mapping[str, Any]:
    given = [case_id, behalf.principal_id, behalf.items]
    rows = await connection().execute_query_dict(statement, given)
    if not rows:
        raise CaseNotFound
    row: Mapping[str, Any] = rows[0]
    return row


async def open_of_the_same(case: Snapshot) -> int:
    """How many other cases of the item are open for whom this one's form names.

    A hint for who decides, which blocks nothing: the number may be typed by anybody.
    """
    if (named := objects.named(case.form or {})) is None:
        return 0
    given = [case.id, case.item_code, named]
    (row,) = await connection().execute_query_dict(statements.NAMED_TOO, given)
    return int(row["found"])


async def list_of_scope(
    scope: Scope | Received, wanted: Filter, *, before: UUID | None, limit: int
) -> list[Listed]:
    """The cases that the posts cover, or that the windows filed, newest first."""
    parameters: list[Any] = []

    def bind(value: object) -> str:
        parameters.append(value)
        return f"${len(parameters)}"

    asked = {
        statements.ITEM_IS: wanted.item_code,
        statements.HOLDER_IS: wanted.unit_code,
        statements.NUMBER_IS: wanted.number,
        statements.PERSON_IS: wanted.person_hash,
        statements.BEFORE: before,
    }
    conditions = [text.format(bind(value)) for text, value in asked.items() if value]
    if wanted.status:
        conditions.append(statements.STATUS_IS[wanted.status])
    seen = scope.conditions(bind)
    if not seen:
        return []
    if wanted.number or wanted.person_hash:
        # Of the few that are sought it is asked which may be seen.
        seen = [f"({' OR '.join(seen)})"]
    return await _page(statements.list_of_scope(seen, conditions, limit), parameters)


async def _page(sql: str, parameters: list[Any]) -> list[Listed]:
    (row,) = await connection().execute_query_dict(sql, parameters)
    return await listed.read(orjson.loads(row["page"] or b"[]"))
