"""Reading cases; every function says whose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.cases.reading.scope import Scope
from backend.cases.record.snapshot import COLUMNS, EVENTS, MATERIALS, Snapshot, from_row
from backend.cases.rules.refusals import CaseNotFound
from backend.catalogue import queries as catalogue
from config.database import connection
from models import CaseStatus

_WHOLE = f'SELECT {COLUMNS}, c.sealed, c.supplement_sealed, {EVENTS}, {MATERIALS} FROM "case" c'
_OF_RESIDENT = f"{_WHOLE} WHERE c.id = $1 AND c.resident_id = $2"
_ANY = f"{_WHOLE} WHERE c.id = $1"
_LIST = (
    f'SELECT {COLUMNS} FROM "case" c WHERE c.resident_id = $1'
    " AND ($2::uuid IS NULL OR c.id < $2) AND ($3::text IS NULL OR c.status = $3)"
    " ORDER BY c.id DESC LIMIT $4"
)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What staff look for; `person_hashes` are blind hashes of an ID number or a phone number."""

    status: CaseStatus | None = None
    item_code: str | None = None
    unit_code: str | None = None
    number: str | None = None
    person_hash: str | None = None


async def one_of_resident(case_id: UUID, resident_id: UUID) -> Snapshot:
    """The resident's own case with its events and papers; CaseNotFound for anybody else's."""
    rows = await connection().execute_query_dict(_OF_RESIDENT, [case_id, resident_id])
    if not rows:
        raise CaseNotFound
    return await snapshot(rows[0])


async def one(case_id: UUID) -> Snapshot:
    """A case with its events and papers; the caller has checked who asks. CaseNotFound."""
    rows = await connection().execute_query_dict(_ANY, [case_id])
    if not rows:
        raise CaseNotFound
    return await snapshot(rows[0])


async def snapshot(row: Mapping[str, Any]) -> Snapshot:
    """The snapshot of a row, with the item's version it was filed in."""
    return from_row(row, await catalogue.version(row["item_version_id"]))


async def list_of_resident(
    resident_id: UUID, *, status: CaseStatus | None, before: UUID | None, limit: int
) -> list[Snapshot]:
    """The resident's cases, newest first, without forms."""
    rows = await connection().execute_query_dict(_LIST, [resident_id, before, status, limit])
    return [await snapshot(row) for row in rows]


async def list_of_scope(
    scope: Scope, wanted: Filter, *, before: UUID | None, limit: int
) -> list[Snapshot]:
    """The cases that the posts cover, newest first, without forms."""
    parameters: list[Any] = []

    def bind(value: object) -> str:
        parameters.append(value)
        return f"${len(parameters)}"

    conditions = []
    if wanted.status:
        conditions.append(f"c.status = {bind(wanted.status)}")
    if wanted.item_code:
        conditions.append(f"c.item_id = {bind(wanted.item_code)}")
    if wanted.unit_code:
        conditions.append(f"c.holder_id = {bind(wanted.unit_code)}")
    if wanted.number:
        conditions.append(f"c.number = {bind(wanted.number)}")
    if wanted.person_hash:
        person = bind(wanted.person_hash)
        conditions.append(
            "c.resident_id IN (SELECT r.id FROM resident r"
            f" WHERE r.id_number_hash = {person} OR r.phone_hash = {person})"
        )
    if before:
        conditions.append(f"c.id < {bind(before)}")
    most = bind(limit)
    arms = [
        f'(SELECT c.id FROM "case" c WHERE {" AND ".join([arm, *conditions])}'
        f" ORDER BY c.id DESC LIMIT {most})"
        for arm in scope.arms(bind)
    ]
    if not arms:
        return []
    sql = (
        f"WITH found AS ({' UNION '.join(arms)} ORDER BY id DESC LIMIT {most})"
        f' SELECT {COLUMNS} FROM found JOIN "case" c ON c.id = found.id ORDER BY c.id DESC'
    )
    rows: Sequence[Mapping[str, Any]] = await connection().execute_query_dict(sql, parameters)
    return [await snapshot(row) for row in rows]
