"""XLSX, read and written; only the workshop's processes do either."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from backend.window import cells
from backend.window.cells import MOST_ROWS, Cell, Line, Odd
from backend.window.refusals import BatchTableInvalid

SHEET = "申请表"
"""The sheet that is read, where there is one of this name; else the first."""
# A filled-in template unpacks to less than one megabyte.
MOST_UNPACKED, MOST_PARTS = 32 * 1024 * 1024, 1000
_OLD = b"\xd0\xcf\x11\xe0"
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref=[\"']([A-Z0-9:]+)")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s(?=[^>]*\bhidden=[\"'](?:1|true))[^>]*?\br=[\"'](\d+)")
_HIDDEN_COLUMNS = re.compile(
    rb"<(?:\w+:)?col\s(?=[^>]*\bhidden=[\"'](?:1|true))"
    rb"(?=[^>]*\bmin=[\"'](\d+))(?=[^>]*\bmax=[\"'](\d+))"
)
_HAVE_FORMATS = {"text": "@", "date": "yyyy-mm-dd", "number": "General"}
_ODD: dict[str, Odd] = {"f": "formula", "e": "error"}
# What a list of choices may hold in a cell's validation.
_LONGEST_LIST = 255


def read(content: bytes) -> list[Line]:
    """The lines that say anything; BatchTableInvalid where it is no workbook, or not as it seems.

    Merged cells, hidden rows and what stands in hidden columns are refused: what is filed is what
    whoever sends it sees.
    """
    unpacked = _unpacked(content)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    if not book.worksheets:
        raise BatchTableInvalid("工作簿中没有工作表")
    sheet = next((each for each in book.worksheets if each.title == SHEET), book.worksheets[0])
    if sheet.sheet_state != "visible":
        raise BatchTableInvalid(f"工作表“{sheet.title}”是隐藏的，请取消隐藏后再上传")
    part = unpacked.read(sheet._worksheet_path)  # noqa: SLF001 - nothing else names its part
    if merged := _MERGED.search(part):
        raise BatchTableInvalid(f"有合并的单元格（{merged[1].decode()}），请取消合并，逐格填写")
    sheet.reset_dimensions()
    lines = list(cells.bounded(_lines(sheet)))
    hidden = {int(each) for each in _HIDDEN_ROW.findall(part)}
    if unseen := [line.no for line in lines if line.no in hidden]:
        raise BatchTableInvalid(f"第 {unseen[0]} 行是隐藏的，请取消隐藏和筛选，或删除该行")
    for first, last in _HIDDEN_COLUMNS.findall(part):
        _check_empty(lines[1:], int(first), int(last))
    return lines


def _check_empty(lines: list[Line], first: int, last: int) -> None:
    """Hidden columns may be there, as many are not needed, but say nothing below their heads."""
    for line in lines:
        for number, cell in enumerate(line.cells[first - 1 : last], first):
            if cell.text:
                raise BatchTableInvalid(
                    f"{get_column_letter(number)} 列是隐藏的，请取消隐藏，或清空该列"
                )


def written(given: Mapping[str, Any]) -> bytes:
    """A workbook with an empty table to be filled in, and a sheet that says how."""
    book = openpyxl.Workbook()
    table, guide = book.active, book.create_sheet("填写说明")
    table.title, table.freeze_panes = SHEET, "A2"
    for number, column in enumerate(given["columns"], 1):
        letter = get_column_letter(number)
        _say(table.cell(1, number), column["head"], bold=True)
        whole = table.column_dimensions[letter]
        whole.width = max(14, min(40, 2 * len(column["title"]) + 2))
        whole.number_format = _HAVE_FORMATS[column["format"]]
        listed = ",".join(column["choices"])
        if column["choices"] and len(listed) <= _LONGEST_LIST:
            choice = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
            choice.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            table.add_data_validation(choice)
    for row, said in enumerate(given["guide"], 1):
        for number, text in enumerate(said, 1):
            _say(guide.cell(row, number), text, bold=row == 1)
    for letter, width in zip("ABC", (44, 10, 90), strict=True):
        guide.column_dimensions[letter].width = width
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _say(cell: Any, text: str, *, bold: bool) -> None:
    cell.value, cell.font = text, Font(bold=bold)
    cell.data_type = "s"  # never a formula, whatever the catalogue calls it
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _unpacked(content: bytes) -> zipfile.ZipFile:
    """Its parts, within bounds; before any of them is unpacked."""
    if content.startswith(_OLD):
        raise BatchTableInvalid("是旧版 Excel（.xls）或设有密码的文件，请另存为不设密码的 .xlsx")
    try:
        found = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        raise BatchTableInvalid("不是 .xlsx 文件，请用 Excel 或 WPS 打开后另存为 .xlsx") from None
    parts = found.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BatchTableInvalid("文件展开后过大，请只保留模板中的内容")
    if "xl/workbook.xml" not in found.namelist():
        raise BatchTableInvalid("不是 .xlsx 文件，请用 Excel 或 WPS 打开后另存为 .xlsx")
    return found


def _lines(sheet: Any) -> Iterator[Line]:
    for no, row in enumerate(sheet.iter_rows(), 1):
        yield Line(no, [_cell(each) for each in row])


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return Cell("")
    if cell.data_type in _ODD:
        return Cell(str(value) or "=", _ODD[cell.data_type])
    match value:
        case bool():
            return Cell("是" if value else "否")
        case int() | float():
            return Cell(_plain(value), "number")
        case date():
            return _moment(value)
    return Cell(str(value).strip(), None if isinstance(value, str) else "time")


def _plain(number: float) -> str:
    """All of its digits; spreadsheets keep fifteen and set the others to nought."""
    return format(Decimal(repr(number)).normalize(), "f")


def _moment(value: date) -> Cell:
    if isinstance(value, datetime) and value.time() != datetime.min.time():
        return Cell(value.isoformat(" "), "time")
    return Cell(value.strftime("%Y-%m-%d"), "date")
