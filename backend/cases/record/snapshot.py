"""A case as it was read in one statement: the row, its events and the papers that count."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from backend.cases.clock.limits import CITY_TIME
from backend.catalogue.queries import ItemVersion
from config import vault
from config.vault import sealed as sealed_columns
from models import CaseStatus, Verdict

COLUMNS = (
    "c.id, c.number, c.resident_id, c.item_id, c.item_version_id, c.community_id, c.community_path,"
    " c.department_unit_id, c.status, c.resume_status, c.step, c.holder_id, c.holder_since,"
    " c.outcome, c.submitted_at, c.accepted_at, c.decided_at, c.closed_at, c.notice_due_at,"
    " c.promised_due_at, c.statutory_due_at, c.version"
)
EVENTS = (
    "(SELECT json_agg(json_build_array(e.id, e.seq, e.created_at, e.action, e.unit_id,"
    " encode(e.public_sealed, 'hex'), e.after)"
    " ORDER BY e.seq) FROM case_event e WHERE e.case_id = c.id) AS events"
)
MATERIALS = (
    "(SELECT json_agg(json_build_array(m.id, m.code, m.file_id, m.verdict,"
    " encode(m.reason_sealed, 'hex')) ORDER BY m.id)"
    " FROM case_material m WHERE m.case_id = c.id AND m.superseded_at IS NULL) AS materials"
)


class Event(NamedTuple):
    """One change, as the applicant may see it."""

    seq: int
    at: datetime
    action: str
    unit_code: str
    public: dict[str, Any]
    after: str


class Material(NamedTuple):
    """One paper that counts now."""

    code: str
    file_id: str
    verdict: str
    reason: str | None


class Snapshot(NamedTuple):
    """A case at one version; `form`, `query_code` and `supplement` only where they are shown.

    No frozen dataclass: a list builds twenty of them, and those take three times as long.
    """

    id: UUID
    number: str
    resident_id: UUID
    item: ItemVersion
    community_code: str
    community_path: str
    department_unit_code: str
    status: CaseStatus
    resume_status: CaseStatus | None
    step: int
    holder_code: str
    holder_since: datetime
    outcome: str | None
    submitted_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    notice_due_at: datetime
    promised_due_at: datetime | None
    statutory_due_at: datetime | None
    supplement: dict[str, Any] | None
    version: int
    form: dict[str, Any] | None = None
    query_code: str | None = None
    events: tuple[Event, ...] = ()
    materials: tuple[Material, ...] = ()

    @property
    def running_due_at(self) -> datetime | None:
        """The due date the light shows: of the notice, then the promise; None once decided."""
        if self.status is CaseStatus.SUBMITTED:
            return self.notice_due_at
        if self.accepted_at is None or self.decided_at is not None or self.closed_at is not None:
            return None
        return self.promised_due_at


def from_row(row: Mapping[str, Any], item: ItemVersion) -> Snapshot:
    """The snapshot of a row with COLUMNS.

    Also, if selected, of `sealed`, `supplement_sealed`, `events` and `materials`.
    """
    form, query_code = (
        unsealed(bytes(row["sealed"]), row["id"]) if "sealed" in row else (None, None)
    )
    return Snapshot(
        id=row["id"],
        number=row["number"],
        resident_id=row["resident_id"],
        item=item,
        community_code=row["community_id"],
        community_path=row["community_path"],
        department_unit_code=row["department_unit_id"],
        status=CaseStatus(row["status"]),
        resume_status=CaseStatus(row["resume_status"]) if row["resume_status"] else None,
        step=row["step"],
        holder_code=row["holder_id"],
        holder_since=row["holder_since"],
        outcome=row["outcome"],
        submitted_at=row["submitted_at"],
        accepted_at=row["accepted_at"],
        decided_at=row["decided_at"],
        closed_at=row["closed_at"],
        notice_due_at=row["notice_due_at"],
        promised_due_at=row["promised_due_at"],
        statutory_due_at=row["statutory_due_at"],
        supplement=sealed_columns.unseal_json(
            "case", row["id"], column="supplement", stored=row.get("supplement_sealed")
        )
        or None,
        version=row["version"],
        form=form,
        query_code=query_code,
        events=tuple(_event(values) for values in _json(row.get("events"))),
        materials=tuple(_material(values) for values in _json(row.get("materials"))),
    )


def sealed(form: Mapping[str, Any], query_code: str, case_id: UUID) -> bytes:
    """The form and query code as the row keeps them."""
    return vault.seal(
        orjson.dumps({"form": form, "query_code": query_code}), context=f"case:{case_id}"
    )


def unsealed(content: bytes, case_id: UUID) -> tuple[dict[str, Any], str]:
    """The form and query code of a row."""
    opened = orjson.loads(vault.unseal(content, context=f"case:{case_id}"))
    return opened["form"], opened["query_code"]


def first_materials(files: list[tuple[str, UUID]]) -> tuple[Material, ...]:
    """Papers just handed in: (code, file id) each, with no verdict yet."""
    return tuple(Material(code, str(file_id), Verdict.PENDING, None) for code, file_id in files)


def _json(text: str | None) -> list[Any]:
    return orjson.loads(text) if text else []


def _event(values: list[Any]) -> Event:
    identity, seq, at, action, unit_code, stored, after = values
    moment = datetime.fromisoformat(at).astimezone(CITY_TIME)
    public = sealed_columns.unseal_json(
        "case_event", identity, column="public", stored=_bytes(stored)
    )
    return Event(seq, moment, action, unit_code, public, after)


def _material(values: list[Any]) -> Material:
    identity, code, file_id, verdict, stored = values
    reason = sealed_columns.unseal(
        "case_material", identity, column="reason", stored=_bytes(stored)
    )
    return Material(code, file_id, verdict, reason)


def _bytes(hexadecimal: str | None) -> bytes | None:
    return None if hexadecimal is None else bytes.fromhex(hexadecimal)
