"""Tables of a batch as CSV: what a window fills in, and how it is read again."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from backend.catalogue.versions import ItemVersion
from backend.errors import InvalidParam
from backend.window import columns
from backend.window.columns import CellFault, Column
from backend.window.refusals import BatchRowInvalid, BatchTableInvalid

MOST_ROWS = 500
MOST_COLUMNS = 200
LONGEST_CELL = 5000
# What spreadsheets take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A row as a batch takes it, by its number in the table, and what of it can't be read."""

    no: int
    values: dict[str, Any]
    faults: tuple[InvalidParam, ...]


def template(item: ItemVersion) -> bytes:
    """An empty table of the item, which spreadsheets open in Chinese."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow([_escaped(column.head) for column in columns.of(item)])
    return text.getvalue().encode("utf-8-sig")


def read(item: ItemVersion, content: bytes) -> list[TableRow]:
    """The rows that say anything; BatchTableInvalid where it is no table of the item."""
    lines = list(_lines(_decoded(content)))
    if len(lines) < 2:  # noqa: PLR2004 - what is above the columns, and one row
        raise BatchTableInvalid("表格中没有内容：第一行是栏目，以下每人一行")
    if len(lines) - 1 > MOST_ROWS:
        raise BatchTableInvalid(f"一次最多 {MOST_ROWS} 行，请分批")
    heads = _heads(item, lines[0][1])
    if beside := [no for no, cells in lines[1:] if any(cells[len(heads) :])]:
        raise BatchTableInvalid(f"第 {beside[0]} 行的内容多于栏目")
    return [_row(no, dict(zip(heads, cells, strict=False))) for no, cells in lines[1:]]


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BatchTableInvalid("不是 UTF-8 或 GBK 编码的 CSV 文件")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that says anything, with its number as spreadsheets count."""
    try:
        for no, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            stripped = [cell.strip() for cell in cells]
            if len(cells) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in stripped):
                raise BatchTableInvalid(f"第 {no} 行的栏目过多，或有过长的内容")
            if any(stripped):
                yield no, stripped
    except csv.Error:
        raise BatchTableInvalid("不是完整的 CSV 文件，请检查引号") from None


def _heads(item: ItemVersion, cells: list[str]) -> list[Column]:
    known = columns.of(item)
    found = [(cell, columns.by_head(known, cell.removeprefix("'"))) for cell in cells]
    while found and not found[-1][0]:
        found.pop()
    heads = [column for _, column in found if column]
    if unknown := [cell for cell, column in found if column is None]:
        raise BatchTableInvalid(f"没有“{unknown[0]}”这一栏，请用该事项的模板")
    if len({column.path for column in heads}) < len(heads):
        raise BatchTableInvalid("有重复的栏目")
    return heads


def _row(no: int, cells: dict[Column, str]) -> TableRow:
    values: dict[str, Any] = {"person": {}, "form": {}, "materials": []}
    faults = []
    for column, text in cells.items():
        if not text:
            continue
        try:
            _put(values, column, _value(column, text))
        except CellFault as fault:
            said = f"“{column.title}”栏{fault}"
            faults.append(InvalidParam(column.path, BatchRowInvalid.code, said))
    return TableRow(no=no, values=values, faults=tuple(faults))


def _value(column: Column, text: str) -> object:
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        raise CellFault("不能是公式，请改为值")
    if column.type == "string" and _SCIENTIFIC.fullmatch(text):
        raise CellFault("被改成了科学计数法，请设为文本后重新填写")
    return column.value(text)


def _put(values: dict[str, Any], column: Column, value: object) -> None:
    first, *between = column.path.split(".")
    last = between.pop()
    if first == "materials":
        values[first] += [{"material_code": last, "file_id": file} for file in str(value).split()]
        return
    node = values[first]
    for name in between:
        node = node.setdefault(name, {})
    node[last] = value


def _escaped(head: str) -> str:
    """Nothing that a spreadsheet would take for a formula."""
    return f"'{head}" if head.startswith(_FORMULA) else head
