"""What the peer takes and answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class MaterialIn(BaseModel):
    """A paper handed in."""

    material_code: str
    file_id: UUID


class SubmitCase(BaseModel):
    """An application, and who applies."""

    resident_id: UUID
    item_code: str
    community_code: str
    form: dict[str, Any]
    materials: list[MaterialIn]


class BookAppointment(BaseModel):
    """Who comes when and why."""

    resident_id: UUID
    slot_id: UUID
    item_code: str


class Shown(BaseModel):
    """Read from the rows' attributes."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID


class EventOut(Shown):
    """One change."""

    seq: int
    created_at: datetime
    action: str
    unit_id: str
    after: str


class MaterialOut(Shown):
    """One paper."""

    code: str
    file_id: UUID
    verdict: str


class CaseSummary(Shown):
    """A case in a list."""

    number: str
    item_id: str
    status: str
    holder_id: str
    holder_since: datetime
    submitted_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    promised_due_at: datetime | None
    statutory_due_at: datetime | None
    version: int


class PersonOut(Shown):
    """Who applies."""

    name_masked: str


class CaseOfTask(CaseSummary):
    """A case with who applies, and where they live."""

    community_id: str
    subject: PersonOut | None


class TaskOut(Shown):
    """An open task with its case."""

    step: int
    unit_id: str
    assignee_id: UUID | None
    created_at: datetime
    due_at: datetime | None
    case: CaseOfTask


class Counts(BaseModel):
    """How many open tasks, in all and by light, and how many transfers wait for an answer."""

    model_config = ConfigDict(from_attributes=True)

    unit: int
    mine: int
    incoming: int
    red: int
    yellow: int
    green: int
    grey: int


class ToDo(BaseModel):
    """A page of open tasks, and how many there are."""

    items: list[TaskOut]
    counts: Counts


class CaseOut(CaseSummary):
    """A case with its history."""

    events: list[EventOut]
    materials: list[MaterialOut]


class AppointmentOut(Shown):
    """An appointment."""

    number: str
    status: str
    office_id: UUID
    slot_id: UUID
    item_id: str | None
    check_in_code: str
    version: int
