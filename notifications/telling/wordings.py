"""The words of `messages.yaml`, checked against what the code fills in and the templates take."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from pydantic import Field

from config import braces, encoding, sources
from config.errors import StartError
from config.scrubbing import masked
from config.sources import BadRow, Find, Row, line_of, read_yaml, shown, take
from config.texts import ONE_LINE, VISIBLE
from models import Channel
from notifications.channels.wechat import words
from notifications.channels.wechat.templates import Template
from notifications.telling import funnel
from notifications.telling.funnel import FLOWS, TABLE
from notifications.telling.samples import SAMPLES

FILE = "messages.yaml"
FOR_SOMEBODY = ("submit", "supplement", "withdraw", "confirm", "reopen")
"""What others may do for an applicant, of which there are words for each of whom it was."""
CASE_NAMES = frozenset({"item", "number", "status", "at", "day"})
DUE_NAMES = frozenset({"due", "due_at"})
APPOINTMENT_NAMES = frozenset({"item", "number", "office", "at", "when"})
DRAFT_NAMES = frozenset({"item", "at", "day"})
FAMILY_NAMES = frozenset({"at"})
STAFF_NAMES = frozenset({"item", "number"})
TASK_NAMES = frozenset({"tasks"})
ABSENCE_NAMES = frozenset({"from", "to"})
ALWAYS_DUE = frozenset({"request_supplement", "supplement_due"})
"""What is never told without its date; elsewhere only the sentence `due` may speak of one."""
VERSION_LENGTH = 8
_LONGEST_BODY = 150


class Instead(StrEnum):
    """Who did it for somebody: a window where they stood, a unit or an agent by their mandate."""

    WINDOW = "at_window"
    UNIT = "by_unit"
    AGENT = "by_agent"

    def of(self, action: str) -> str:
        """The action of which the applicant is told then."""
        return f"{action}_{self}"


_BY_A_UNIT = (Instead.WINDOW, Instead.UNIT)
"""How the actions end whose words may name the `window`."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One change's words, with the names in braces not yet filled in, and whom they are for.

    Without a template they are for the inbox only. `version` changes with any of the words.
    """

    kind: str
    told: funnel.Row
    version: str
    title: str
    body: str
    due: str = ""
    due_accepted: str = ""
    template: str = ""
    fields: dict[str, str] = field(default_factory=dict)


class _InboxRow(Row):
    title: Annotated[str, Field(min_length=1, max_length=20), ONE_LINE]
    body: Annotated[str, Field(min_length=1, max_length=_LONGEST_BODY), VISIBLE]
    due: Annotated[str, Field(max_length=50)] = ""


class _ResidentRow(_InboxRow):
    due_accepted: Annotated[str, Field(max_length=50)] = ""
    template: str = ""
    fields: Annotated[dict[str, str], Field(default_factory=dict)]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A part of the file: what may stand there, and which names its sentences may have.

    `dated` are those of the sentences `due`, which is only said where there is a date.
    """

    row: type[_InboxRow]
    names: frozenset[str]
    dated: frozenset[str]


_SUBJECTS = {
    **{flow: _Subject(_ResidentRow, CASE_NAMES, CASE_NAMES | DUE_NAMES) for flow in FLOWS},
    "appointment": _Subject(_ResidentRow, APPOINTMENT_NAMES, APPOINTMENT_NAMES),
    "draft": _Subject(_ResidentRow, DRAFT_NAMES, DRAFT_NAMES),
    "family": _Subject(_ResidentRow, FAMILY_NAMES, FAMILY_NAMES),
    "mandate": _Subject(_InboxRow, frozenset(), frozenset()),
    "staff": _Subject(_InboxRow, STAFF_NAMES, STAFF_NAMES | {"due"}),
    "tasks": _Subject(_InboxRow, TASK_NAMES, TASK_NAMES),
    "absence": _Subject(_InboxRow, ABSENCE_NAMES, ABSENCE_NAMES),
}


@cache
def wordings() -> dict[tuple[str, str], Wording]:
    """Every wording by subject (a flow, appointment …) and action; StartError for bad rows."""
    bad: list[BadRow] = []
    found = {place: wording for place, wording, _ in _read(sources.find, bad)}
    if bad:
        raise StartError("\n".join(map(str, bad)))
    return found


def check(
    templates: dict[str, Template],
    told: Mapping[str, frozenset[str]],
    find: Find = sources.find,
) -> list[BadRow]:
    """The bad rows: words that could not be filled in, sent or found when something changes.

    `told` says by flow which actions somebody is told of. With no templates, those that the words
    name are not looked at.
    """
    bad: list[BadRow] = []
    known: set[tuple[str, str]] = set()
    for (subject, action), wording, (at, content) in _read(find, bad):
        known.add((subject, action))
        for key, reason in _faults(subject, action, wording, templates):
            line = line_of(content, key.split("."))
            bad.append(BadRow(at.file, at.row, f"{key}: {reason}", line))
    if not bad:
        wanted = {(subject, action) for subject, rows in TABLE.items() for action in rows}
        bad += _missing(shown(find(FILE)), wanted - known)
        happening = {(flow, action) for flow, actions in told.items() for action in actions}
        bad += _missing(funnel.FILE, happening - wanted)
    return bad


def _missing(file: str, places: set[tuple[str, str]]) -> list[BadRow]:
    reason = "缺少这一条 / is missing"
    return [BadRow(file, f"{subject}.{action}", reason) for subject, action in sorted(places)]


def _read(
    find: Find, bad: list[BadRow]
) -> Iterator[tuple[tuple[str, str], Wording, tuple[BadRow, Any]]]:
    path = find(FILE)
    written = read_yaml(path, bad)
    for subject, rows in written.items():
        known = _SUBJECTS.get(subject)
        if known is None or not isinstance(rows, dict):
            reason = (
                "须为其中之一，其下为各动作的文字 / with a wording for each action, must be one of "
                + ", ".join(_SUBJECTS)
            )
            bad.append(BadRow(shown(path), str(subject), reason, line_of(written, [subject])))
            continue
        for action, content in rows.items():
            at = BadRow(shown(path), f"{subject}.{action}", "", line_of(rows, [action]))
            if action not in TABLE[subject]:
                reason = "没有这个动作 / nobody is told of such an action"
                bad.append(replace(at, reason=reason))
            elif row := take(known.row, content, at=at, bad=bad):
                yield (subject, action), _wording(subject, action, row), (at, content)


def _wording(subject: str, action: str, row: _InboxRow) -> Wording:
    written = row.model_dump()
    version = hashlib.sha256(encoding.dumps(written)).hexdigest()[:VERSION_LENGTH]
    written["due_accepted"] = written.get("due_accepted") or row.due
    what = "case" if subject in FLOWS else subject
    told = TABLE[subject][action]
    return Wording(kind=f"{what}.{action}", told=told, version=version, **written)


def _faults(
    subject: str, action: str, wording: Wording, templates: dict[str, Template]
) -> Iterator[tuple[str, str]]:
    own = {"window"} if action.endswith(_BY_A_UNIT) else set[str]()
    names, dated = _SUBJECTS[subject].names | own, _SUBJECTS[subject].dated | own
    always = dated if action in ALWAYS_DUE else names
    texts = {
        "title": (wording.title, frozenset[str]()),
        "body": (wording.body, always),
        "due": (wording.due, dated),
        "due_accepted": (wording.due_accepted, dated),
        **{f"fields.{key}": (text, always) for key, text in wording.fields.items()},
    }
    for key, (text, known) in texts.items():
        for fault in braces.faults(text, known):
            yield key, fault
        if masked(text) != text:
            yield key, "像是个人信息 / looks like personal data"
    if not wording.told.over and (wording.template or wording.fields):
        yield "template", "只在收件箱，不应有模板 / is for the inbox alone, without a template"
    if Channel.WECHAT in wording.told.over:
        yield from words.faults(wording.template, wording.fields, templates, SAMPLES)
