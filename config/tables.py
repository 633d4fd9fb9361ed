"""Reading the city's tables, in CSV: one fault of the whole file is one bad row."""

import csv
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from config.complaints import EMPTY
from config.sources import BadRow, shown, text_of, why

_OTHER_SIGNS = {
    ";": ("分号", "semicolons"),
    "\t": ("制表符", "tabs"),
    "，": ("中文逗号", "Chinese commas"),
    "；": ("中文分号", "Chinese semicolons"),
}
_NOT_CLOSED = "引号没有成对，请从这一行起检查 / holds a quote that is not closed, from this line on"
_NO_ROWS = "表头下没有任何数据 / holds nothing below its heading"

Cells = list[str]


class _Lines(Iterator[str]):
    """A file's lines for csv.reader, without comments, which begin with # outside of quotes.

    `first` is the number of the line on which the present row begins.
    """

    def __init__(self, text: str) -> None:
        self._lines = enumerate(text.splitlines(keepends=True), 1)
        self._inside = False
        self.first = 1

    def begin(self) -> None:
        """The next line begins a row."""
        self._inside = False

    def __next__(self) -> str:
        for number, line in self._lines:
            if not self._inside and line.startswith("#"):
                continue
            if not self._inside:
                self.first, self._inside = number, True
            return line
        raise StopIteration


def read_csv(
    path: Path, bad: list[BadRow], columns: Collection[str]
) -> list[tuple[int, dict[str, str]]]:
    """The rows with their line numbers; blank lines and those that begin with # are left out.

    The heading names just the `columns`, in any order; unnamed columns without content are no
    fault. What is wrong with the heading or the quotes is one bad row, and no row is read.
    """
    try:
        names, rows = _table(text_of(path, bad), columns)
    except _Unusable as fault:
        bad.append(BadRow(shown(path), "", fault.reason, fault.line))
        return []
    except (OSError, ValueError) as error:
        bad.append(BadRow(shown(path), "", why(error)))
        return []
    whole = len(names)
    bad += [
        BadRow(shown(path), "", _other_length(row, names), line)
        for line, row in rows
        if len(row) != whole
    ]
    return [(line, dict(zip(names, row, strict=True))) for line, row in rows if len(row) == whole]


class _Unusable(Exception):
    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason


def _table(text: str, columns: Collection[str]) -> tuple[Cells, list[tuple[int, Cells]]]:
    """The heading and the rows; raises _Unusable for what is wrong with all of it."""
    rows = list(_rows(_Lines(text)))
    if not rows:
        raise _Unusable(1, EMPTY)
    (line, names), *rows = rows
    _check_signs(line, names)
    names, rows = _without_unnamed(line, names, rows)
    _check_heading(line, names, columns)
    if not rows:
        raise _Unusable(line, _NO_ROWS)
    if all(len(row) != len(names) for _, row in rows):
        raise _Unusable(rows[0][0], _other_length(rows[0][1], names))
    return names, rows


def _rows(lines: _Lines) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin()
        try:
            row = next(reader, None)
        except csv.Error:
            raise _Unusable(lines.first, _NOT_CLOSED) from None
        if row is None:
            return
        cells = [cell.strip() for cell in row]
        # A comment may be in quotes where Excel has saved it.
        if any(cells) and not cells[0].startswith("#"):
            yield lines.first, cells


def _check_signs(line: int, names: Cells) -> None:
    if len(names) == 1 and (used := [sign for sign in _OTHER_SIGNS if sign in names[0]]):
        said, english = _OTHER_SIGNS[used[0]]
        reason = (
            f"各列须用英文逗号分隔，而不是{said}"
            f" / columns must be separated by commas, not by {english}"
        )
        raise _Unusable(line, reason)


def _without_unnamed(
    line: int, names: Cells, rows: Sequence[tuple[int, Cells]]
) -> tuple[Cells, list[tuple[int, Cells]]]:
    """Without the columns that have neither name nor content, as Excel leaves them."""
    for number, name in enumerate(names):
        if not name and any(any(row[number : number + 1]) for _, row in rows):
            reason = f"第 {number + 1} 列没有名称 / column {number + 1} has no name"
            raise _Unusable(line, reason)
    kept = [
        (at, [cell for n, cell in enumerate(row) if n >= len(names) or names[n]])
        for at, row in rows
    ]
    named = [name for name in names if name]
    for _, row in kept:
        while len(row) > len(named) and not row[-1]:
            row.pop()
    return named, kept


def _check_heading(line: int, names: Cells, columns: Collection[str]) -> None:
    if sorted(names) != sorted(columns):
        wanted = ",".join(columns)
        reason = f"表头须为 {wanted} / the heading must be {wanted}, not {','.join(names)}"
        raise _Unusable(line, reason)


def _other_length(row: Cells, names: Cells) -> str:
    return (
        f"有 {len(row)} 列，而表头为 {len(names)} 列"
        f" / has {len(row)} columns, and the heading {len(names)}"
    )
