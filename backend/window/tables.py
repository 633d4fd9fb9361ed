"""Tables of a batch: what a window fills in, and how it is read again."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from backend.catalogue.versions import ItemVersion
from backend.errors import InvalidParam
from backend.window import columns, delimited, guide, sheets
from backend.window.cells import Cell, Line, Odd
from backend.window.columns import CellFault, Column
from backend.window.refusals import (
    BatchRowInvalid,
    BatchTableInvalid,
    CellNotText,
    FormulaInCell,
)
from backend.window.sheets import Format

_KEPT_DIGITS = 15
_AS_TEXT = "请把该列设为“文本”格式后重新填写"
_CODES: dict[Odd | None, str] = {
    "formula": FormulaInCell.code,
    "number": CellNotText.code,
    "date": CellNotText.code,
    "time": CellNotText.code,
}


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A row as a batch takes it, by its number in the table, and what of it can't be read."""

    no: int
    values: dict[str, Any]
    faults: tuple[InvalidParam, ...]


async def template(item: ItemVersion, form: Format) -> bytes:
    """An empty table of the item, which spreadsheets open in Chinese; as XLSX with a guide."""
    found = columns.shown(columns.of(item))
    if form == "xlsx":
        return await sheets.workbook(guide.of(item, found))
    text = io.StringIO(newline="")
    csv.writer(text).writerow([delimited.escaped(column.head) for column in found])
    return text.getvalue().encode("utf-8-sig")


async def read(item: ItemVersion, content: bytes, form: Format) -> list[TableRow]:
    """The rows that say anything; BatchTableInvalid where it is no table of the item."""
    lines = await sheets.lines(content, form)
    if len(lines) < 2:  # noqa: PLR2004 - what is above the columns, and one row
        raise BatchTableInvalid("表格中没有内容：第一行是栏目，以下每人一行")
    heads = _heads(item, lines[0])
    if beside := [line.no for line in lines[1:] if len(line.cells) > len(heads)]:
        raise BatchTableInvalid(f"第 {beside[0]} 行的内容多于栏目")
    return [_row(line.no, dict(zip(heads, line.cells, strict=False))) for line in lines[1:]]


def _heads(item: ItemVersion, line: Line) -> list[Column]:
    known = columns.of(item)
    titles = [cell.text for cell in line.cells]
    found = [(title, columns.by_head(known, title.removeprefix("'"))) for title in titles]
    heads = [column for _, column in found if column]
    if unknown := [title for title, column in found if column is None]:
        raise BatchTableInvalid(f"没有“{unknown[0]}”这一栏，请用该事项的模板")
    if twice := [each for number, each in enumerate(heads) if each in heads[:number]]:
        raise BatchTableInvalid(f"有重复的栏目：{twice[0].title}")
    if missing := [each for each in known if each.required and each not in heads]:
        raise BatchTableInvalid(f"缺少“{missing[0].title}”这一栏，请用该事项的模板")
    return heads


def _row(no: int, cells: dict[Column, Cell]) -> TableRow:
    values: dict[str, Any] = {"form": {}}
    faults = []
    for column, cell in cells.items():
        if not cell.text:
            continue
        try:
            _put(values, column, column.value(_text(column, cell)))
        except CellFault as fault:
            code = _CODES.get(cell.odd, BatchRowInvalid.code)
            faults.append(InvalidParam(column.path, code, f"“{column.title}”栏{fault}"))
    try:
        values = _listed(values, "")
    except CellFault as fault:
        faults.append(InvalidParam(str(fault), BatchRowInvalid.code, "前面的一项没有填写"))
    return TableRow(no=no, values=values, faults=tuple(faults))


def _text(column: Column, cell: Cell) -> str:
    """What a cell says, where nothing of it was lost; raises CellFault."""
    match cell.odd:
        case "formula":
            raise CellFault("不能是公式，请改为值")
        case "error":
            raise CellFault("是错误值，请改正")
        case "number" if column.kind != "number":
            # Fifteen digits are kept, and what never begins with 0 has lost nothing.
            if not (column.whole and cell.text.isdecimal() and len(cell.text) <= _KEPT_DIGITS):
                raise CellFault("被存成了数字，开头的 0 或末尾几位可能已丢失，" + _AS_TEXT)
        case "date" if column.kind not in {"date", "month"}:
            raise CellFault("被改成了日期，" + _AS_TEXT)
        case "time":
            raise CellFault("被改成了时间，" + _AS_TEXT)
    return cell.text


def _put(values: dict[str, Any], column: Column, value: object) -> None:
    first, *between, last = column.path.split(".")
    if column.kind == "files":
        papers = [{"material_code": last, "file_id": file_id} for file_id in _several(value)]
        values[first] = values.get(first, []) + papers
        return
    node = values.setdefault(first, {})
    for name in between:
        node = node.setdefault(name, {})
    node[last] = value


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _listed(node: Any, path: str) -> Any:
    """The same with lists where entries have numbers; raises CellFault of an entry's path."""
    if not isinstance(node, dict):
        return node
    inner = {name: _listed(each, f"{path}.{name}".lstrip(".")) for name, each in node.items()}
    if not inner or not all(name.isdecimal() for name in inner):
        return inner
    numbers = sorted(map(int, inner))
    if numbers[-1] != len(numbers) - 1:
        raise CellFault(f"{path}.{numbers[-1]}")
    return [inner[str(number)] for number in numbers]
