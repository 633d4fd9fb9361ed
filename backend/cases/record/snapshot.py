"""A case as it was read in one statement: the row, its events, the form and papers that count."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar
from uuid import UUID

import orjson

from backend.cases.record import forms, times
from backend.cases.record.columns import Column, Columns
from backend.cases.record.forms import Form
from backend.cases.rules.lifecycle import INSIDE, Action, Outcome
from backend.cases.rules.said import Public, Supplement
from backend.catalogue.queries import ItemVersion
from config.vault import sealed as sealed_columns
from models import CaseStatus, FiledBy, Verdict

T_co = TypeVar("T_co", covariant=True)
_ACTIONS = {action.value: action for action in Action}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


class Event(NamedTuple):
    """One change, as the applicant may see it; `told_at` is its time as it is answered."""

    seq: int
    told_at: str
    action: Action
    unit_code: str
    public: Public
    after: str

    @property
    def at(self) -> datetime:
        """When it was."""
        return datetime.fromisoformat(self.told_at)


class Material(NamedTuple):
    """One paper that counts now."""

    code: str
    file_id: str
    verdict: Verdict
    reason: str | None


class _Limited(Protocol[T_co]):
    """What of a case says when it is due; its times are of the type T."""

    @property
    def status(self) -> CaseStatus:
        """Where it is."""

    @property
    def notice_due_at(self) -> T_co:
        """Until when it is accepted or not."""

    @property
    def accepted_at(self) -> T_co | None:
        """When it was."""

    @property
    def decided_at(self) -> T_co | None:
        """When it was decided."""

    @property
    def closed_at(self) -> T_co | None:
        """When it ended."""

    @property
    def promised_due_at(self) -> T_co | None:
        """Until when a decision was promised."""


class Snapshot(NamedTuple):
    """A case at one version; what has a default only where it was read whole.

    `resident_id` is the account that filed it, `subject_id` the person whose right it is: at least
    one of them is known. `incoming_unit_code` is the unit that a transfer is open to.

    No frozen dataclass: a list builds twenty of them, and those take three times as long.
    """

    id: Annotated[UUID, Column("id", "uuid")]
    number: Annotated[str, Column("number")]
    resident_id: Annotated[UUID | None, Column("resident_id", "uuid")]
    item_code: Annotated[str, Column("item_id")]
    item_version_id: Annotated[UUID, Column("item_version_id", "uuid")]
    community_code: Annotated[str, Column("community_id")]
    community_path: Annotated[str, Column("community_path")]
    department_unit_code: Annotated[str, Column("department_unit_id")]
    status: Annotated[CaseStatus, Column("status", reads=CaseStatus)]
    resume_status: Annotated[CaseStatus | None, Column("resume_status", reads=CaseStatus)]
    step: Annotated[int, Column("step", "int")]
    holder_code: Annotated[str, Column("holder_id")]
    holder_since: Annotated[datetime, Column("holder_since", "timestamptz")]
    outcome: Annotated[Outcome | None, Column("outcome")]
    submitted_at: Annotated[datetime, Column("submitted_at", "timestamptz")]
    accepted_at: Annotated[datetime | None, Column("accepted_at", "timestamptz")]
    decided_at: Annotated[datetime | None, Column("decided_at", "timestamptz")]
    closed_at: Annotated[datetime | None, Column("closed_at", "timestamptz")]
    notice_due_at: Annotated[datetime, Column("notice_due_at", "timestamptz")]
    promised_due_at: Annotated[datetime | None, Column("promised_due_at", "timestamptz")]
    statutory_due_at: Annotated[datetime | None, Column("statutory_due_at", "timestamptz")]
    version: Annotated[int, Column("version", "int")]
    item: ItemVersion
    subject_id: UUID | None = None
    filed_by: FiledBy | None = None
    received_unit_code: str | None = None
    by_mandate: bool = False
    incoming_unit_code: str | None = None
    supplement: Supplement | None = None
    form: dict[str, Any] | None = None
    form_no: int | None = None
    query_code: str | None = None
    events: tuple[Event, ...] = ()
    materials: tuple[Material, ...] = ()

    @property
    def events_told(self) -> list[Event]:
        """Those that the applicant sees, see `told`."""
        return told(self.events)

    @property
    def running_due_at(self) -> datetime | None:
        """The due date the light shows, see `running_due`."""
        return running_due(self)


OF_CASE = Columns(Snapshot)
_Opened = tuple[Supplement | None, Form | None, int | None, str | None]


def told(events: tuple[Event, ...]) -> list[Event]:
    """Those that the applicant sees, numbered as if there were no others."""
    seen = [event for event in events if event.action not in INSIDE]
    if len(seen) == len(events):
        return seen
    return [event._replace(seq=number) for number, event in enumerate(seen, 1)]


def running_due(case: _Limited[T_co]) -> T_co | None:
    """The due date the light shows: of the notice, then the promise; None once decided."""
    if case.status is CaseStatus.SUBMITTED:
        return case.notice_due_at
    if case.accepted_at is None or case.decided_at is not None or case.closed_at is not None:
        return None
    return case.promised_due_at


def from_row(row: Mapping[str, Any], item: ItemVersion) -> Snapshot:
    """The snapshot of a row with the columns `statements.CASE`.

    Also, if selected, of `FILED`, `INCOMING`, `FORM`, `query_code_sealed`, `supplement_sealed`,
    `events` and `materials`.
    """
    filed_by = row.get("filed_by")
    filed = (
        row.get("subject_id"),
        filed_by and FiledBy(filed_by),
        row.get("received_unit_id"),
        row.get("by_mandate", False),
    )
    incoming = row.get("incoming_unit_id")
    kept = (item, *filed, incoming, *opened(row["id"], row))
    lists = (events(_json(row.get("events"))), materials(_json(row.get("materials"))))
    return Snapshot._make([*OF_CASE.read(row), *kept, *lists])


def opened(case_id: UUID | str, row: Mapping[str, Any]) -> _Opened:
    """The open notice, the form with its number, and the query code, if selected."""
    form, form_no = forms.opened(row) if row.get("form_id") else (None, None)
    query_code = sealed_columns.unseal(
        "case", case_id, column="query_code", stored=row.get("query_code_sealed")
    )
    supplement = sealed_columns.unseal_json(
        "case", case_id, column="supplement", stored=row.get("supplement_sealed")
    )
    return supplement or None, form, form_no, query_code


def events(rows: list[Any] | None) -> tuple[Event, ...]:
    """The events of a column `statements.EVENTS`."""
    return tuple([_event(values) for values in rows or ()])


def materials(rows: list[Any] | None) -> tuple[Material, ...]:
    """The papers of a column `statements.MATERIALS`."""
    return tuple([_material(values) for values in rows or ()])


def first_materials(files: list[tuple[str, UUID]]) -> tuple[Material, ...]:
    """Papers just handed in: (code, file id) each, with no verdict yet."""
    return tuple(Material(code, str(file_id), Verdict.PENDING, None) for code, file_id in files)


def _json(text: str | None) -> list[Any]:
    return orjson.loads(text) if text else []


def _event(values: list[Any]) -> Event:
    identity, seq, at, action, unit_code, stored, after = values
    public = sealed_columns.unseal_json(
        "case_event", identity, column="public", stored=_bytes(stored)
    )
    return Event(seq, times.told(at), _ACTIONS[action], unit_code, public, after)


def _material(values: list[Any]) -> Material:
    identity, code, file_id, verdict, stored = values
    reason = sealed_columns.unseal(
        "case_material", identity, column="reason", stored=_bytes(stored)
    )
    return Material(code, file_id, _VERDICTS[verdict], reason)


def _bytes(hexadecimal: str | None) -> bytes | None:
    return None if hexadecimal is None else bytes.fromhex(hexadecimal)
