"""What a case shows to whoever may see it; each API adds its own parts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from backend.cases.clock import limits
from backend.cases.record.listed import Listed
from backend.cases.record.shown import Shown
from backend.cases.record.snapshot import Event
from backend.cases.rules import texts
from backend.cases.rules.lifecycle import Action, Outcome
from backend.cases.rules.said import AskedDefect
from backend.organisation import queries as organisation
from models import CaseStatus, FiledBy, UnitLevel, Verdict

IdText = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
"""An id that is text already where it is read: in rows that PostgreSQL hands over as JSON."""
TimeText = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time that is text already, likewise."""


class UnitView(TypedDict):
    """A unit of the organisation."""

    code: str
    name: str
    level: UnitLevel


class ItemName(TypedDict):
    """The item of a case, in the case's own version."""

    code: str
    name: str
    version: int


class Holder(UnitView):
    """The one unit that holds the case."""

    since: TimeText


class Due(TypedDict):
    """The frozen due dates and today's light."""

    promised: TimeText | None
    statutory: TimeText | None
    light: limits.Light


class CaseSummary(TypedDict):
    """A case in a list."""

    id: IdText
    number: str
    item: ItemName
    status: CaseStatus
    status_text: str
    holder: Holder
    submitted_at: TimeText
    accepted_at: TimeText | None
    decided_at: TimeText | None
    closed_at: TimeText | None
    outcome: Outcome | None
    due: Due
    version: int


class MaterialView(TypedDict):
    """One material of a case and what staff said of it."""

    code: str
    name: str
    file_id: IdText
    verdict: Verdict
    reason: str | None


class DefectView(TypedDict):
    """One thing to put right: a material with its name, or a field of the form."""

    material_code: NotRequired[str]
    name: NotRequired[str | None]
    field: NotRequired[str]
    reason: str


class NoticeView(TypedDict):
    """What the applicant was asked to put right, and until when; `at` is when they were told."""

    defects: list[DefectView]
    due_at: datetime
    at: TimeText | None


class Moment(TypedDict):
    """One line of the timeline."""

    seq: int
    at: TimeText
    action: Action
    text: str
    unit: UnitView


def unit_view(code: str) -> UnitView:
    """The unit; of one that is not known any more the name says so."""
    unit = organisation.known_or_not(code)
    return {"code": unit.code, "name": unit.name, "level": unit.level}


def received_unit(case: Shown) -> UnitView | None:
    """The window that took the case; none where it was filed online."""
    return unit_view(case.received_unit_code) if case.received_unit_code else None


def window_name(case: Shown) -> str | None:
    """What is called who filed the case for the applicant; None where that was the applicant."""
    if case.filed_by is FiledBy.ACCOUNT and case.line.resident_id is None:
        return texts.AGENT
    window = received_unit(case)
    if window is not None and case.by_mandate:
        return texts.MANDATED.format(window=window["name"])
    return window["name"] if window else None


def summary(case: Listed, now: datetime) -> CaseSummary:
    """The case as lists show it."""
    item = case.item
    return {
        "id": case.id,
        "number": case.number,
        "item": {"code": item.code, "name": item.name, "version": item.version},
        "status": case.status,
        "status_text": texts.status_text(item.flow, case.status),
        "holder": {**unit_view(case.holder_code), "since": case.holder_since},
        "submitted_at": case.submitted_at,
        "accepted_at": case.accepted_at,
        "decided_at": case.decided_at,
        "closed_at": case.closed_at,
        "outcome": case.outcome,
        "due": {
            "promised": case.promised_due_at,
            "statutory": case.statutory_due_at,
            "light": limits.light(case.running_due_at, now),
        },
        "version": case.version,
    }


def materials(case: Shown) -> list[MaterialView]:
    """Each paper that counts now, in the order of the item's list."""
    known = case.line.item.papers
    found = [(known.get(paper.code, (len(known), paper.code)), paper) for paper in case.materials]
    found.sort(key=lambda one: one[0][0])
    return [
        {
            "code": paper.code,
            "name": name,
            "file_id": paper.file_id,
            "verdict": paper.verdict,
            "reason": paper.reason,
        }
        for (_, name), paper in found
    ]


def moments(case: Shown, events: Sequence[Event]) -> list[Moment]:
    """These events of the case as the applicant may see them."""
    flow, window = case.line.item.flow, window_name(case)
    units = [unit_view(event.unit_code) for event in events]
    return [
        {
            "seq": event.seq,
            "at": event.told_at,
            "action": event.action,
            "text": texts.timeline_text(flow, event, unit["name"], window=window),
            "unit": unit,
        }
        for event, unit in zip(events, units, strict=True)
    ]


def supplement_request(case: Shown) -> NoticeView | None:
    """The open notice: its defects with the materials' names."""
    if case.supplement is None:
        return None
    requested = [event for event in case.events if event.action == Action.REQUEST_SUPPLEMENT]
    return {
        "defects": [
            _defect(defect, case.line.item.papers) for defect in case.supplement["defects"]
        ],
        "due_at": datetime.fromisoformat(case.supplement["due_at"]),
        "at": requested[-1].told_at if requested else None,
    }


def _defect(defect: AskedDefect, papers: dict[str, tuple[int, str]]) -> DefectView:
    if "material_code" not in defect:
        return {"field": defect["field"], "reason": defect["reason"]}
    code = defect["material_code"]
    name = papers[code][1] if code in papers else None
    return {"material_code": code, "name": name, "reason": defect["reason"]}
