"""The columns of an item's table, in which each person of a batch is a row."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from backend.catalogue.conditions import AGENT
from backend.catalogue.versions import ItemVersion

Kind = Literal["text", "number", "date", "month", "choice", "choices", "files"]
"""What a cell says; `choices` and `files` are several, each apart."""

_YES_NO: dict[str, object] = {"是": True, "否": False}
_CHECKED = {"居民身份证": "id_card", "户口簿": "household_register", "其他": "other"}
_CONSENT = {"签名": "signature", "书面": "paper", "口头": "oral"}
_RELATION = {
    "配偶": "spouse",
    "子女": "child",
    "父母": "parent",
    "其他亲属": "relative",
    "社区工作者": "community_worker",
    "其他": "other",
}
_PATH = re.compile(r"\[([A-Za-z0-9_.]+)\]$")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?")
_APART = re.compile(r"[、，,；;\s]+")
_MONTHS, _MONTH_LENGTH = "-(0[1-9]|1[0-2])", 7
SHOWN_ENTRIES = 3
"""So many entries of a list have columns in a template; more may be added."""


class CellFault(ValueError):
    """What a cell says can't be taken; the message is for people."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """A column: where its cells belong in a row of a batch, what it is called, what it may say.

    `whole` says that its answers are digits which a spreadsheet's number keeps. `entry` is the
    number from 0 of the list's entry that it belongs to.
    """

    path: str
    title: str
    kind: Kind = "text"
    required: bool = False
    choices: Mapping[str, object] = field(default_factory=dict)
    integer: bool = False
    whole: bool = False
    entry: int | None = None

    @property
    def head(self) -> str:
        """What stands above it: the title, and the path by which it is known again."""
        return f"{self.title} [{self.path}]"

    def value(self, text: str) -> object:
        """What a cell means that is not empty; raises CellFault."""
        if self.kind == "choice":
            return self._choice(text)
        if self.kind == "choices":
            return [self._choice(each) for each in _APART.split(text) if each]
        if self.kind == "number":
            return self._number(text)
        if self.kind in {"date", "month"}:
            return self._date(text)
        return text.split() if self.kind == "files" else text

    def _choice(self, text: str) -> object:
        if text not in self.choices and text not in self.choices.values():
            raise CellFault(f"应为{'、'.join(self.choices)}之一")
        return self.choices.get(text, text)

    def _number(self, text: str) -> float:
        if not _NUMBER.fullmatch(text):
            raise CellFault("应为数字")
        number = Decimal(text)
        if not self.integer:
            return float(number)
        if number % 1:
            raise CellFault("应为整数")
        return int(number)

    def _date(self, text: str) -> str:
        """As it is kept, however it was written; what is no date is left to the form's checks."""
        found = _DATE.fullmatch(text)
        if found is None:
            return text
        parts = [part.zfill(2) for part in found.groups() if part]
        return "-".join(parts)[: _MONTH_LENGTH if self.kind == "month" else None]


def of(item: ItemVersion) -> list[Column]:
    """The person, the answers that the profile does not give, the papers, consent and agent.

    A list has its columns for each entry that it may have.
    """
    return [
        Column(path="person.name", title="姓名", required=True),
        Column(path="person.id_number", title="身份证号码", required=True),
        Column(path="person.phone", title="手机号", whole=True),
        Column(path="person.community_code", title="社区编码", required=True, whole=True),
        Column(path="person.address", title="住址"),
        _named("person.checked", "所核对的证件", _CHECKED, required=True),
        *_answers(item.form, "form", "", required=True),
        *_papers(item),
        _named("consent.kind", "同意方式", _CONSENT),
        Column(path="consent.file_id", title="同意书照片的文件 id"),
        Column(path="agent.name", title="代办人姓名"),
        _named("agent.relation", "代办人与本人的关系", _RELATION),
        Column(path="agent.id_number", title="代办人身份证号码"),
        Column(path="agent.phone", title="代办人手机号", whole=True),
    ]


def shown(columns: list[Column]) -> list[Column]:
    """Those of a template."""
    return [each for each in columns if each.entry is None or each.entry < SHOWN_ENTRIES]


def by_head(columns: list[Column], head: str) -> Column | None:
    """The column with this above it: its path, or just its title."""
    text = head.strip()
    found = _PATH.search(text)
    path = found[1] if found else text
    return next((each for each in columns if path == each.path or text == each.title), None)


def _named(
    path: str, title: str, choices: Mapping[str, object], *, required: bool = False
) -> Column:
    return Column(path=path, title=title, kind="choice", choices=choices, required=required)


def _papers(item: ItemVersion) -> Iterator[Column]:
    for paper in item.materials:
        if paper["required"] or (
            paper["provided_by"] == "applicant" and not paper["bring_to_window"]
        ):
            yield Column(
                path=f"materials.{paper['code']}",
                title=f"材料文件 id：{paper['name']}",
                kind="files",
                required=paper["required"],
            )


def _answers(
    schema: Mapping[str, Any], path: str, title: str, *, required: bool, entry: int | None = None
) -> Iterator[Column]:
    for name, part in schema.get("properties", {}).items():
        if (path == "form" and name == AGENT) or "x-profile" in part:
            continue
        place = f"{path}.{name}"
        called = f"{title}·{part.get('title', name)}".lstrip("·")
        asked = required and name in schema.get("required", [])
        if "properties" in part:
            yield from _answers(part, place, called, required=asked, entry=entry)
        elif "properties" in (entries := part.get("items", {})):
            for number in range(part["maxItems"]):
                yield from _answers(
                    entries,
                    f"{place}.{number}",
                    f"{called}{number + 1}",
                    required=asked and number < part.get("minItems", 0),
                    entry=number,
                )
        else:
            yield _answer(part, Column(path=place, title=called, required=asked, entry=entry))


def _answer(schema: Mapping[str, Any], column: Column) -> Column:
    """The column with what the answer's schema says of it."""
    kind, choices = _kind(schema)
    integer = schema.get("type") == "integer"
    given = {name: getattr(column, name) for name in ("path", "title", "required", "entry")}
    return Column(**given, kind=kind, choices=choices, integer=integer)


def _kind(schema: Mapping[str, Any]) -> tuple[Kind, dict[str, object]]:
    if schema.get("type") == "array":
        return "choices", _choices(schema["items"])
    if choices := _choices(schema):
        return "choice", choices
    if schema.get("type") in {"integer", "number"}:
        return "number", {}
    if schema.get("format") == "date":
        return "date", {}
    return ("month" if _MONTHS in schema.get("pattern", "") else "text"), {}


def _choices(schema: Mapping[str, Any]) -> dict[str, object]:
    if schema.get("type") == "boolean":
        return _YES_NO
    return {each["title"]: each["const"] for each in schema.get("oneOf", [])}
