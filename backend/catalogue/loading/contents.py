"""The catalogue's data files, checked whole: what a load would publish, and bad rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from backend.catalogue.loading import conditions, faults, forms, library, speech, synonyms
from backend.catalogue.loading.columns import columns
from backend.catalogue.loading.fault import Fault, Strange
from backend.catalogue.loading.library import FOLDER, Library
from backend.catalogue.loading.rows import Form, Item
from config import sources
from config.sources import BadRow, Find, fitting, line_of, read_yaml, shown, take

# So often nobody mistypes a name: it is missing where it should be.
MANY_PLACES = 3


@dataclass(frozen=True)
class ItemContent:
    """What a version of one item says; `fields` are the columns of its row."""

    code: str
    department: str
    fields: dict[str, Any]

    @cached_property
    def hash(self) -> str:
        """Equal for equal content, whatever the order of keys."""
        return content_hash(self.fields)


def content_hash(fields: Mapping[str, Any]) -> str:
    """Of the columns of a version that say something; the same whatever the order of keys."""
    return sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass
class Contents:
    """The good items and the bad rows."""

    items: list[ItemContent] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def read(departments: frozenset[str], find: Find = sources.find) -> Contents:
    """Parse and check all files; `departments` are the known codes. Never stops at a bad row.

    Each fault of a row that does not come of another is a bad row of its own.
    """
    contents = Contents()
    reader = _Reader(library.read(departments, find, contents.bad), contents)
    folder = find(f"{FOLDER}/items")
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        contents.bad.append(BadRow(shown(folder), "", "没有任何事项文件 / holds no items"))
    for each in paths:
        reader.read_file(each)
    reader.gather()
    synonyms.check(find, reader.codes(), contents.bad)
    speech.check(find, reader.codes(), contents.bad)
    return contents


class _Reader:
    """Reads the files of items one after the other; `places` is where each code was first.

    `unread` says that some item's code is not known: what speaks of it may be right.
    """

    def __init__(self, known: Library, contents: Contents) -> None:
        self.library = known
        self.contents = contents
        self.places: dict[str, BadRow] = {}
        self.unread = False
        self.strange: dict[str, list[BadRow]] = {}

    def codes(self) -> frozenset[str] | None:
        """The codes of all items; None where some could not be read."""
        return None if self.unread else frozenset(self.places)

    def read_file(self, path: Path) -> None:
        """The department and the items of one file."""
        file = read_yaml(path, self.contents.bad)
        if not file:
            self.unread = True
            return
        at = BadRow(shown(path), "", "", line_of(file))
        for key in file.keys() - {"department", "items"}:
            self._tell(at, str(key), "不认识的字段 / there is no such key", line_of(file, [key]))
        department = self._department(file, at)
        items = file.get("items")
        if not isinstance(items, list) or not items:
            reason = "须列出至少一个事项 / must be a list of one item or more"
            self._tell(at, "items", reason, line_of(file, ["items"]))
            self.unread = True
            return
        for number, content in enumerate(items):
            place = replace(at, row=f"item {number + 1}", line=line_of(items, [number]))
            self._read_item(content, department, place)

    def gather(self) -> None:
        """Of a name that is not known and stands in many places, tell the first for all."""
        for first, *others in self.strange.values():
            if len(others) >= MANY_PLACES:
                said, english = first.reason.split(" / ")
                more = (
                    f"{said}，另有 {len(others)} 处 / {english}, in {len(others)} more places too"
                )
                rest = {*others}
                kept = (row for row in self.contents.bad if row not in rest)
                self.contents.bad = [
                    replace(row, reason=more) if row == first else row for row in kept
                ]

    def _tell(self, at: BadRow, row: str, reason: str, line: int) -> None:
        self.contents.bad.append(replace(at, row=row, reason=reason, line=line or at.line))

    def _department(self, file: dict[Any, Any], at: BadRow) -> str:
        department = str(file.get("department", ""))
        if not department:
            self._tell(at, "department", "必填 / must be given", line_of(file, ["department"]))
        elif self.library.departments and department not in self.library.departments:
            reason = f"没有这个部门 / unknown: {department}"
            self._tell(at, "department", reason, line_of(file, ["department"]))
        return department

    def _read_item(self, content: Any, department: str, at: BadRow) -> None:
        if isinstance(content, dict) and "code" in content:
            at = replace(at, row=str(content["code"]))
        bad = list(self._given_twice(at))
        item = take(Item, content, at=at, bad=bad)
        # What of a faulty item is sound may have faults of its own.
        part, sure = (item, _ALL) if item else fitting(Item, content)
        form, made = self._form(part, sure, content)
        found = [*faults.faults(part, sure, department, self.library), *form]
        if made and sure >= {"conditions", "season"}:
            found += conditions.faults(part, made.schema)
        self.unread |= "code" not in sure or any(fault.path == ("code",) for fault in found)
        rows = [(fault, fault.bad_row(content, at)) for fault in found]
        for fault, row in rows:
            if isinstance(fault, Strange):
                self.strange.setdefault(fault.reason, []).append(row)
        bad += [row for _, row in rows]
        self.contents.bad += bad
        papers = self.library.papers
        if item and made and not bad and papers.keys() >= set(item.materials):
            fields = columns(item, self.library) | {"form": made.schema, "layout": made.layout}
            self.contents.items.append(ItemContent(item.code, department, fields))

    def _given_twice(self, at: BadRow) -> Iterator[BadRow]:
        if first := self.places.get(at.row):
            place = f"{first.file}:{first.line}"
            reason = f"编码重复，首次见于 {place} / the code is given twice, first in {place}"
            yield replace(at, reason=reason)
        self.places.setdefault(at.row, at)

    def _form(
        self, item: Item, sure: frozenset[str], content: Any
    ) -> tuple[list[Fault], forms.Made | None]:
        title = item.name if "name" in sure else ""
        if "form" in sure:
            return forms.made(title, item.form, forms.ALL, self.library)
        given = content.get("form") if isinstance(content, dict) else None
        return forms.made(title, *fitting(Form, given), self.library)


_ALL = frozenset(Item.model_fields)
