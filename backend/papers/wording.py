"""What the papers say: the sentences of `config/data/papers/words.yaml`, checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from backend.papers import kinds
from config import braces, sources
from config.settings import SettingsError
from config.sources import BadRow, Row, Rows, line_of, read_yaml, shown, take
from config.texts import ONE_LINE
from models import Flow, PaperKind, UnitLevel

FOLDER = "papers"
FILE = f"{FOLDER}/words.yaml"
WORDS = frozenset(
    {"item", "case_number", "query_code", "unit", "received_by", "department", "number", "law"}
    | {"day", "submitted", "accepted", "decided"}
    | {"notice_due", "promised_due", "statutory_due", "supplement_due"}
    | {"reason", "go_to", "result", "method", "served"}
    | {"community", "receiving"}
    | {"reconsideration", "court", "reconsideration_until", "action_until"}
)
_OF_PLACE = frozenset({"place"})
_LACKING = frozenset({"characters"})
_FLOWS = tuple(flow for flow, carried in kinds.CARRIED.items() if carried)

Line = Annotated[str, Field(min_length=1, max_length=500), ONE_LINE]
Name = Annotated[str, Field(min_length=1, max_length=60), ONE_LINE]


class Wording(Row):
    """One paper; `titles` and `law` by the type of the item where it has its own."""

    title: Name
    titles: dict[str, Name] = {}
    mark: Annotated[str, Field(min_length=1, max_length=4), ONE_LINE]
    law: dict[str, Line] = {}
    opening: list[Line] = []
    facts: dict[Name, Line]
    table: Literal["materials", "defects"] | None = None
    closing: list[Line] = []
    remedies: bool = False
    signatures: list[Name] = []
    seal: Name

    def title_on(self, item_type: str) -> str:
        """What it is called on an item of this type."""
        return self.titles.get(item_type, self.title)


class _Reconsideration(Row):
    default: Line
    departments: dict[str, Line] = {}


class _Court(Row):
    district: Line
    city: Line


class Remedies(Row):
    """Where one may complain and sue, and how it is said."""

    title: Name
    reconsideration: _Reconsideration
    court: _Court
    head: Annotated[list[Name], Field(min_length=3, max_length=3)]
    rows: list[Annotated[list[Line], Field(min_length=3, max_length=3)]]
    closing: list[Line]
    served: list[Line]


class Check(Row):
    """What stands beside the code."""

    label: Name
    how: Line
    alt: Line


class _Common(Row):
    layout: Annotated[int, Field(ge=1, le=9999)]
    short_names: dict[str, Annotated[str, Field(min_length=1, max_length=4)]] = {}
    level_names: dict[UnitLevel, Annotated[str, Field(min_length=1, max_length=2)]]
    check: Check
    missing: Line
    anybody: Name
    remedies: Remedies


@dataclass(frozen=True)
class Words:
    """All of the file; `papers` by flow and name, such as acceptance or decision_denied."""

    common: _Common
    papers: Mapping[tuple[Flow, str], Wording]

    def of(self, flow: Flow, kind: PaperKind, after: str) -> Wording:
        """How a paper is worded after whose event the case had this status."""
        name = f"{kind}_{after}" if kind is PaperKind.DECISION else str(kind)
        return self.papers[flow, name]


def names(flow: Flow) -> list[str]:
    """The papers of a flow by their names in the file: of a decision two, by its outcome."""
    found: list[str] = []
    for kind in kinds.CARRIED[flow].values():
        if kind is PaperKind.DECISION:
            found += [f"{kind}_approved", f"{kind}_denied"]
        else:
            found.append(kind)
    return found


@cache
def words() -> Words:
    """What the file says; raises SettingsError that names each bad row."""
    bad: list[BadRow] = []
    found = read(bad)
    if found is None:
        raise SettingsError("\n".join(map(str, bad)))
    return found


def read(bad: list[BadRow]) -> Words | None:
    """The same, None with a bad row for each fault."""
    before = len(bad)
    path = sources.find(FILE)
    content = read_yaml(path, bad, Rows, filled=True)
    if not content:
        return None
    flows = {flow: content.pop(flow, None) for flow in _FLOWS}
    file = shown(path)
    common = take(_Common, content, at=BadRow(file, "", "", 1), bad=bad)
    papers: dict[tuple[Flow, str], Wording] = {}
    for flow, listed in flows.items():
        papers |= _of_flow(flow, listed, file, bad)
    if common is not None:
        bad += [
            BadRow(file, row, fault, line_of(content, [row]))
            for row, texts, known in _of_all(common)
            for fault in _unfilled(texts, known)
        ]
        bad += _layout(path, common.layout)
    if common is None or len(bad) > before:
        return None
    return Words(common, papers)


def _of_flow(
    flow: Flow, listed: object, file: str, bad: list[BadRow]
) -> dict[tuple[Flow, str], Wording]:
    given = listed if isinstance(listed, Rows) else Rows()
    found: dict[tuple[Flow, str], Wording] = {}
    for name in names(flow):
        at = BadRow(file, f"{flow}.{name}", "缺少这种文书 / is missing", line_of(given, [name]))
        if name not in given:
            bad.append(at)
            continue
        row = take(Wording, given[name], at=at, bad=bad)
        if row is None:
            continue
        found[flow, name] = row
        said = [*row.opening, *row.closing, *row.facts.values()]
        bad += [BadRow(file, at.row, fault, at.line) for fault in _unfilled(said, WORDS)]
    bad += [
        BadRow(
            file, f"{flow}.{name}", "没有这种文书 / there is no such paper", line_of(given, [name])
        )
        for name in given
        if name not in names(flow)
    ]
    return found


def _of_all(common: _Common) -> Iterator[tuple[str, list[str], frozenset[str]]]:
    """The sentences that all papers have: the row, what it says, and the words they are given."""
    said = common.remedies
    asked = [said.reconsideration.default, *said.reconsideration.departments.values()]
    yield "remedies", [*asked, said.court.district, said.court.city], _OF_PLACE
    rows = [text for row in said.rows for text in row]
    yield "remedies", [*rows, *said.closing, *said.served], WORDS
    yield "missing", [common.missing], _LACKING


def _unfilled(texts: Iterable[str], known: frozenset[str]) -> list[str]:
    return [f"{fault}: {text}" for text in texts for fault in braces.faults(text, known)]


def _layout(words_file: Path, number: int) -> list[BadRow]:
    if layout_file(number).is_file():
        return []
    reason = f"没有 layout_{number}.typ / there is no such file"
    return [BadRow(shown(words_file), "layout", reason)]


def layout_file(number: int) -> Path:
    """Where a layout lies: the city's own, or ours."""
    return sources.find(f"{FOLDER}/layout_{number}.typ")
