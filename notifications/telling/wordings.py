"""The words of `messages.yaml`, checked against what the code fills in and the templates take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Annotated, Any

from pydantic import Field

from config import braces, sources
from config.errors import StartError
from config.sources import BadRow, Find, Row, line_of, read_yaml, shown, take
from config.texts import ONE_LINE, VISIBLE
from models import Flow
from notifications.channels.wechat import words
from notifications.channels.wechat.templates import Template

FILE = "messages.yaml"
AT_WINDOW = {act: f"{act}_at_window" for act in ("submit", "supplement", "withdraw")}
"""Told instead of what a window did for somebody; only these words may name the `window`."""
BY_AGENT = "submit_by_agent"
"""Told of what somebody with a mandate filed."""
FLOWS = tuple(str(flow) for flow in Flow if flow is not Flow.BOOKING)
"""Parts of the file with what applicants are told of cases; each flow has words of its own."""
APPOINTMENT_ACTIONS = frozenset({"book", "reschedule", "cancel", "close"})
UNIT_ACTIONS = frozenset({"submit", "supplement", "pass", "return", "dispatch", "reopen"})
"""What brings a case to a unit, whose role is told."""
STAFF_ACTIONS = UNIT_ACTIONS | {"accept"}
"""The same, and acceptance where another role of the unit goes on."""
MANDATE_ACTIONS = frozenset({"accept", "revoke"})
"""What the other side of a mandate is told of; in the inbox only."""
TASK_ACTIONS = frozenset({"assign", "unassign", "acted_for"})
"""What becomes of tasks that a member of staff has or had, of several at once."""
ABSENCE_ACTIONS = frozenset({"deputy"})
"""What a member of staff is told of a colleague's absence."""
CASE_NAMES = frozenset({"item", "number", "status", "at", "day"})
DUE_NAMES = frozenset({"due", "due_at"})
APPOINTMENT_NAMES = frozenset({"item", "number", "office", "at", "when"})
STAFF_NAMES = frozenset({"item", "number"})
TASK_NAMES = frozenset({"tasks"})
ABSENCE_NAMES = frozenset({"from", "to"})
ALWAYS_DUE = frozenset({"request_supplement"})
"""What is never told without its date; elsewhere only the sentence `due` may speak of one."""
_LONGEST_BODY = 150


@dataclass(frozen=True, slots=True)
class Wording:
    """One change's words, with the names in braces not yet filled in.

    Without a template they are for the inbox only.
    """

    kind: str
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
    template: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A part of the file: what may stand there, and which names its sentences may have.

    `dated` are those of the sentences `due`, which is only said where there is a date. Which
    `actions` a flow has its own table says, to `check`: None until then.
    """

    row: type[_InboxRow]
    actions: frozenset[str] | None
    names: frozenset[str]
    dated: frozenset[str]


_SUBJECTS = {
    **{flow: _Subject(_ResidentRow, None, CASE_NAMES, CASE_NAMES | DUE_NAMES) for flow in FLOWS},
    "appointment": _Subject(
        _ResidentRow, APPOINTMENT_ACTIONS, APPOINTMENT_NAMES, APPOINTMENT_NAMES
    ),
    "mandate": _Subject(_InboxRow, MANDATE_ACTIONS, frozenset(), frozenset()),
    "staff": _Subject(_InboxRow, STAFF_ACTIONS, STAFF_NAMES, STAFF_NAMES | {"due"}),
    "tasks": _Subject(_InboxRow, TASK_ACTIONS, TASK_NAMES, TASK_NAMES),
    "absence": _Subject(_InboxRow, ABSENCE_ACTIONS, ABSENCE_NAMES, ABSENCE_NAMES),
}


@cache
def wordings() -> dict[tuple[str, str], Wording]:
    """Every wording by subject (a flow, appointment …) and action; StartError for bad rows."""
    bad: list[BadRow] = []
    found = {place: wording for place, wording, _ in _read(_SUBJECTS, sources.find, bad)}
    if bad:
        raise StartError("\n".join(map(str, bad)))
    return found


def check(
    templates: dict[str, Template],
    told: Mapping[str, frozenset[str]],
    find: Find = sources.find,
) -> list[BadRow]:
    """The bad rows: words that could not be filled in, sent or found when something changes.

    `told` says by flow which actions need words. With no templates, those that the words name
    are not looked at.
    """
    bad: list[BadRow] = []
    known: set[tuple[str, str]] = set()
    subjects = _SUBJECTS | {
        flow: replace(_SUBJECTS[flow], actions=actions) for flow, actions in told.items()
    }
    for (subject, action), wording, (at, content) in _read(subjects, find, bad):
        known.add((subject, action))
        for key, reason in _faults(subject, action, wording, templates):
            line = line_of(content, key.split("."))
            bad.append(BadRow(at.file, at.row, f"{key}: {reason}", line))
    wanted = {
        (name, action) for name, subject in subjects.items() for action in subject.actions or ()
    }
    if not bad:
        file = shown(find(FILE))
        missing = sorted(wanted - known)
        bad += [
            BadRow(file, f"{subject}.{action}", "缺少这一条 / is missing")
            for subject, action in missing
        ]
    return bad


def _read(
    subjects: Mapping[str, _Subject], find: Find, bad: list[BadRow]
) -> Iterator[tuple[tuple[str, str], Wording, tuple[BadRow, Any]]]:
    path = find(FILE)
    written = read_yaml(path, bad)
    for subject, rows in written.items():
        known = subjects.get(subject)
        if known is None or not isinstance(rows, dict):
            reason = (
                "须为其中之一，其下为各动作的文字 / with a wording for each action, must be one of "
                + ", ".join(subjects)
            )
            bad.append(BadRow(shown(path), str(subject), reason, line_of(written, [subject])))
            continue
        for action, content in rows.items():
            at = BadRow(shown(path), f"{subject}.{action}", "", line_of(rows, [action]))
            if known.actions is not None and action not in known.actions:
                bad.append(
                    BadRow(
                        at.file, at.row, "没有这个动作 / nobody is told of such an action", at.line
                    )
                )
            elif row := take(known.row, content, at=at, bad=bad):
                words = row.model_dump()
                words["due_accepted"] = words.get("due_accepted") or row.due
                what = "case" if subject in FLOWS else subject
                wording = Wording(kind=f"{what}.{action}", **words)
                yield (subject, action), wording, (at, content)


def _faults(
    subject: str, action: str, wording: Wording, templates: dict[str, Template]
) -> Iterator[tuple[str, str]]:
    own = {"window"} if action in AT_WINDOW.values() else set[str]()
    names, dated = _SUBJECTS[subject].names | own, _SUBJECTS[subject].dated | own
    always = dated if action in ALWAYS_DUE else names
    yield from _unfilled("title", wording.title, frozenset())
    yield from _unfilled("body", wording.body, always)
    yield from _unfilled("due", wording.due, dated)
    yield from _unfilled("due_accepted", wording.due_accepted, dated)
    for key, text in wording.fields.items():
        yield from _unfilled(f"fields.{key}", text, always)
    if _SUBJECTS[subject].row is _ResidentRow:
        yield from words.faults(wording.template, wording.fields, templates)


def _unfilled(key: str, text: str, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    for fault in braces.faults(text, names):
        yield key, fault
