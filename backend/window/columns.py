"""The columns of an item's table, in which each person of a batch is a row."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.catalogue.conditions import AGENT
from backend.catalogue.versions import ItemVersion

_YES_NO: dict[str, object] = {"是": True, "否": False}
_CHECKED = {"居民身份证": "id_card", "户口簿": "household_register", "其他": "other"}
_PERSON = {
    "name": "姓名",
    "id_number": "身份证号码",
    "phone": "手机号",
    "community_code": "社区编码",
    "address": "住址",
}
_PATH = re.compile(r"\[([A-Za-z0-9_.]+)\]$")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")


class CellFault(ValueError):
    """What a cell says can't be taken; the message is for people."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """A column: where its cells belong in a row of a batch, what it is called, what it may say."""

    path: str
    title: str
    type: str = "string"
    choices: Mapping[str, object] = field(default_factory=dict)

    @property
    def head(self) -> str:
        """What stands above it: the title, and the path by which it is known again."""
        return f"{self.title} [{self.path}]"

    def value(self, text: str) -> object:
        """What a cell means that is not empty; raises CellFault."""
        if self.choices:
            if text not in self.choices and text not in self.choices.values():
                raise CellFault(f"应为{'、'.join(self.choices)}之一")
            return self.choices.get(text, text)
        if self.type in {"integer", "number"}:
            return self._number(text)
        return text

    def _number(self, text: str) -> float:
        if not _NUMBER.fullmatch(text):
            raise CellFault("应为数字")
        if self.type == "number":
            return float(text)
        if "." in text:
            raise CellFault("应为整数")
        return int(text)


def of(item: ItemVersion) -> list[Column]:
    """The person, the answers that the profile does not give, and the papers to be handed in.

    Lists have no column, and nobody comes in another's place in a table.
    """
    person = [Column(path=f"person.{name}", title=title) for name, title in _PERSON.items()]
    person.append(Column(path="person.checked", title="所核对的证件", choices=_CHECKED))
    papers = [
        Column(path=f"materials.{paper['code']}", title=f"材料文件 id：{paper['name']}")
        for paper in item.materials
        if paper["required"]
    ]
    return [*person, *_answers(item.form, "form", ""), *papers]


def by_head(columns: list[Column], head: str) -> Column | None:
    """The column with this above it: its path, or just its title."""
    text = head.strip()
    found = _PATH.search(text)
    path = found[1] if found else text
    return next((each for each in columns if path == each.path or text == each.title), None)


def _answers(schema: Mapping[str, Any], path: str, title: str) -> Iterator[Column]:
    for name, part in schema.get("properties", {}).items():
        if (path == "form" and name == AGENT) or "x-profile" in part:
            continue
        called = f"{title}·{part.get('title', name)}".lstrip("·")
        if "properties" in part:
            yield from _answers(part, f"{path}.{name}", called)
        elif part.get("type") != "array":
            yield Column(
                path=f"{path}.{name}",
                title=called,
                type=part.get("type", "string"),
                choices=_choices(part),
            )


def _choices(schema: Mapping[str, Any]) -> dict[str, object]:
    if schema.get("type") == "boolean":
        return _YES_NO
    return {each["title"]: each["const"] for each in schema.get("oneOf", [])}
