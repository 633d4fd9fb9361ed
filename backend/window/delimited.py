"""Reading CSV, as spreadsheets save it."""

import csv
import io
import re
from collections.abc import Iterator

from backend.window import cells
from backend.window.cells import Cell, Line
from backend.window.refusals import BatchTableInvalid

# What spreadsheets take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)


def read(content: bytes) -> list[Line]:
    """The lines that say anything; BatchTableInvalid where it is no CSV, or too long."""
    return list(cells.bounded(_lines(_decoded(content))))


def escaped(text: str) -> str:
    """Nothing that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BatchTableInvalid("不是 UTF-8 或 GBK 编码的 CSV 文件")


def _lines(text: str) -> Iterator[Line]:
    try:
        for no, line in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            yield Line(no, [_cell(each.strip()) for each in line])
    except csv.Error:
        raise BatchTableInvalid("不是完整的 CSV 文件，请检查引号") from None


def _cell(text: str) -> Cell:
    if text.startswith(FORMULA) and not _NUMBER.fullmatch(text):
        return Cell(text, "formula")
    return Cell(text, "number") if _SCIENTIFIC.fullmatch(text) else Cell(text)
