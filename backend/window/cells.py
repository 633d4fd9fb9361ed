"""What tables of either format are read as, within which bounds."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from backend.window.refusals import BatchTableInvalid

MOST_ROWS = 500
MOST_COLUMNS = 400
LONGEST_CELL = 5000
MOST_TEXT = 4_000_000

Odd = Literal["formula", "number", "date", "time", "error"]
"""What a cell may be besides a text: spreadsheets make these of what is typed."""


class Cell(NamedTuple):
    """What it says, a number and a date in one spelling only; `odd` where it is no text."""

    text: str
    odd: Odd | None = None


class Line(NamedTuple):
    """A line that says anything, by its number as spreadsheets count."""

    no: int
    cells: list[Cell]


def bounded(lines: Iterable[Line]) -> Iterator[Line]:
    """Those that say anything; BatchTableInvalid where there is too much of it."""
    found = length = 0
    for no, cells in lines:
        if not any(cell.text for cell in cells):
            continue
        while not cells[-1].text:
            cells.pop()
        found += 1
        length += sum(len(cell.text) for cell in cells)
        if found > MOST_ROWS + 1:
            raise BatchTableInvalid(f"一次最多 {MOST_ROWS} 行，请分批")
        if len(cells) > MOST_COLUMNS or any(len(cell.text) > LONGEST_CELL for cell in cells):
            raise BatchTableInvalid(f"第 {no} 行的栏目过多，或有过长的内容")
        if length > MOST_TEXT:
            raise BatchTableInvalid("表格的内容过多，请分批")
        yield Line(no, cells)
