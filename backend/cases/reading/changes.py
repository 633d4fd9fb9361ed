"""What was done about a case since somebody saw it."""

from datetime import datetime

from typing_extensions import TypedDict

from backend.cases.reading import statements
from backend.cases.record import form_history
from backend.cases.record.snapshot import Event, Snapshot
from backend.cases.rules import texts
from backend.cases.rules.lifecycle import Action
from backend.organisation import queries as organisation
from config.database import connection


class MaterialSince(TypedDict):
    """A material that was handed in anew."""

    code: str
    name: str


class ChangeSince(TypedDict):
    """One change; `fields` are where the form differs now, `materials` what was handed in anew.

    Fields are dotted as in the answers to a faulty form, without what was written there.
    """

    at: datetime
    action: Action
    text: str
    fields: list[str]
    materials: list[MaterialSince]


async def since(case: Snapshot, version: int, *, whole: bool) -> list[ChangeSince]:
    """What was changed after this version of the case, which was read whole.

    Each change but what is told inside made one version. Without `whole` nothing of the form.
    """
    later = case.events_told[version:]
    answered = any(event.action is Action.SUPPLEMENT for event in later)
    fields = await _fields(case) if answered and whole else {}
    materials = await _materials(case) if answered else {}
    return [_change(case, event, fields, materials) for event in later]


def _change(
    case: Snapshot,
    event: Event,
    fields: dict[datetime, list[str]],
    materials: dict[datetime, list[MaterialSince]],
) -> ChangeSince:
    # Form and papers came at the very moment of their event.
    answered = event.action is Action.SUPPLEMENT
    return {
        "at": event.at,
        "action": event.action,
        "text": _text(case, event),
        "fields": fields.get(event.at, []) if answered else [],
        "materials": materials.get(event.at, []) if answered else [],
    }


def _text(case: Snapshot, event: Event) -> str:
    received = case.received_unit_code
    window = organisation.known_or_not(received).name if received else None
    unit = organisation.known_or_not(event.unit_code).name
    return texts.timeline_text(case.item.flow, event, unit, window=window)


async def _fields(case: Snapshot) -> dict[datetime, list[str]]:
    """Where each form differs from the one before, by when it came."""
    return {each.at: each.changed for each in await form_history.of_case(case.id)}


async def _materials(case: Snapshot) -> dict[datetime, list[MaterialSince]]:
    rows = await connection().execute_query_dict(statements.HANDED_IN, [case.id])
    known = case.item.papers
    found: dict[datetime, list[MaterialSince]] = {}
    for row in rows:
        code = row["code"]
        name = known[code][1] if code in known else code
        found.setdefault(row["created_at"], []).append({"code": code, "name": name})
    return found
