"""What the sentences of a paper need of a case, as it was at the event."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from backend.cases.clock import history
from backend.cases.record.snapshot import Event, Snapshot
from backend.cases.rules.lifecycle import ACCEPTED, ANSWERED, Action
from backend.cases.rules.texts import METHODS
from backend.catalogue.shapes import FieldView
from backend.identity import masks, profiles
from backend.papers import content, issuers, remedies, statements
from backend.papers.content import Table, chinese
from backend.papers.issuers import Issuer
from backend.papers.wording import Wording, Words
from config.clock import city_day
from config.database import connection
from config.vault import sealed
from models import Flow


class Act(NamedTuple):
    """An event of a case that carries a paper, and who issues it; before it what went before.

    `answering` is who made the decision that a proof of service is of, or issues it too.
    """

    case: Snapshot
    event: Event
    issuer: Issuer
    answering: Issuer
    unit_code: str

    @property
    def day(self) -> date:
        """The day of the act, which the paper is dated with."""
        return city_day(self.event.at)

    @property
    def until_now(self) -> tuple[Event, ...]:
        """What had happened by then."""
        return tuple(each for each in self.case.events if each.seq <= self.event.seq)


def act(case: Snapshot, event: Event, words: Words) -> Act:
    """The event with its issuer: who dispatches a case has it until then."""
    unit_code = event.unit_code
    if event.action is Action.DISPATCH:
        unit_code = next(e.unit_code for e in reversed(case.events) if e.seq < event.seq)
    decided = [e for e in case.events if e.action is Action.DECIDE and e.seq < event.seq]
    issuer = issuers.of(unit_code, words)
    answering = issuers.of(decided[-1].unit_code, words) if decided else issuer
    return Act(case, event, issuer, answering, unit_code)


def values(done: Act, *, served: str, query_code: str) -> dict[str, str]:
    """A value for each word in braces of the papers' file but the paper's own number."""
    case, public = done.case, done.event.public
    clocks = history.clocks(done.until_now, case.item)
    accepted = next((each.at for each in done.until_now if each.after in ACCEPTED), None)
    decided = next((each.at for each in done.until_now if each.after in ANSWERED), None)
    until = remedies.until(done.day)
    department = issuers.full_name(case.department_unit_code)
    return {
        "item": case.item.name,
        "case_number": case.number,
        "query_code": query_code,
        "unit": done.issuer.name,
        "received_by": _received_by(done),
        "department": department,
        **_windows(case),
        "day": chinese(done.day),
        "submitted": _day(case.submitted_at),
        "accepted": _day(accepted),
        "decided": _day(decided),
        "notice_due": _day(clocks.notice_due_at),
        "promised_due": _day(clocks.promised_due_at),
        "statutory_due": _day(clocks.statutory_due_at),
        "supplement_due": _day(_moment(public.get("due_at"))),
        "reason": (public.get("reason") or "").strip(),
        "go_to": (public.get("go_to") or "").strip(),
        "result": (public.get("result") or "").strip(),
        "method": METHODS[public["method"]] if "method" in public else "",
        "served": served,
        "reconsideration": done.answering.reconsideration,
        "court": done.answering.court,
        "reconsideration_until": chinese(until.reconsideration),
        "action_until": chinese(until.action),
    }


def _windows(case: Snapshot) -> dict[str, str]:
    """Which windows take in what is missing: none for somebody who was never verified."""
    if case.subject_id is None:
        return {"community": "", "receiving": ""}
    received = case.received_unit_code
    return {
        "community": issuers.full_name(case.community_code),
        "receiving": "" if received in {None, case.community_code} else issuers.full_name(received),
    }


def _received_by(done: Act) -> str:
    """Who took the case in: the window that filed it may be far from where the person lives."""
    received = done.case.received_unit_code
    return issuers.full_name(received) if received else done.issuer.name


async def table(done: Act, wording: Wording) -> Table | None:
    """What was handed in, or what is to be put right."""
    if wording.table == "defects":
        return _defects(done)
    if wording.table == "materials":
        return await _materials(done)
    return None


def _defects(done: Act) -> Table:
    papers, titles = done.case.item.papers, _titles(done.case)
    rows = []
    for defect in done.event.public.get("defects", []):
        code = defect.get("material_code", "")
        name = papers[code][1] if code in papers else code
        rows.append([name or titles.get(defect.get("field", ""), "表单"), defect["reason"].strip()])
    return content.defects(rows, verb="补正" if done.case.item.flow is Flow.APPROVAL else "补充")


async def _materials(done: Act) -> Table | None:
    asked = [done.case.id, done.event.at]
    found = await connection().execute_query_dict(statements.MATERIALS_AT, asked)
    papers = done.case.item.papers
    known = sorted(papers.get(row["code"], (len(papers), row["code"])) for row in found)
    return content.materials(Counter(name for _, name in known)) if known else None


def _titles(case: Snapshot) -> dict[str, str]:
    """What the fields of the form are called, by their dotted path."""
    return {
        field["path"]: f"{section['title']}：{field['title']}"
        for section in case.item.layout
        for field in _with_inner(section["fields"])
    }


def _with_inner(fields: Iterable[FieldView]) -> Iterator[FieldView]:
    for field in fields:
        yield field
        yield from _with_inner(field["fields"])


async def query_code(case: Snapshot) -> str:
    """What lets whoever holds the receipt ask how the case stands, without logging in."""
    (row,) = await connection().execute_query_dict(statements.QUERY_CODE, [case.id])
    stored = row["query_code_sealed"]
    return sealed.unseal("case", case.id, column="query_code", stored=stored) or ""


async def addressee(case: Snapshot, words: Words) -> str:
    """Whom the paper is addressed to: the organisation, or the person whose case it is."""
    form = case.form or {}
    if organisation := _text(form, "organisation", "name"):
        return organisation
    known = await profiles.known(case.resident_id, case.subject_id)
    named = _text(form, "applicant", "name") or known["name"]
    number = _text(form, "applicant", "id_number") or known["id_number"]
    name = named or words.common.anybody
    return f"{name}（公民身份号码{masks.mask('id_number', number)}）" if number else name


def _text(form: Mapping[str, Any], part: str, field: str) -> str:
    inner = form.get(part)
    found = inner.get(field) if isinstance(inner, dict) else None
    return found.strip() if isinstance(found, str) else ""


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(moment: datetime | None) -> str:
    return chinese(city_day(moment)) if moment else ""
