"""Tables as spreadsheets save them: what is read, what was lost, and what is too much."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest

from backend.window import cells, delimited, workbooks
from backend.window.cells import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Cell, Line
from backend.window.refusals import BatchTableInvalid


def lines(*rows: list[str]) -> Iterator[Line]:
    for no, row in enumerate(rows, 1):
        yield Line(no, [Cell(text) for text in row])


def said(found: list[Line]) -> list[tuple[int, list[str]]]:
    return [(line.no, [cell.text for cell in line.cells]) for line in found]


def test_lines_that_say_nothing_are_left_out_and_the_others_keep_their_numbers() -> None:
    found = list(cells.bounded(lines([], ["", ""], ["a", "", "b", "", ""], [""], ["", "c"])))

    assert said(found) == [(3, ["a", "", "b"]), (5, ["", "c"])]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["a"]] * (MOST_ROWS + 1), None),
        ([["a"]] * (MOST_ROWS + 2), "一次最多 500 行"),
        ([[""], *[["a"]] * (MOST_ROWS + 1), [""]], None),
        ([["a"] * MOST_COLUMNS], None),
        ([["a"] * (MOST_COLUMNS + 1)], "第 1 行的栏目过多"),
        ([["a"], ["a", *[""] * MOST_COLUMNS]], None),
        ([["a" * LONGEST_CELL]], None),
        ([["a"], ["b", "a" * (LONGEST_CELL + 1)]], "第 2 行的栏目过多，或有过长的内容"),
        ([["a" * LONGEST_CELL] * 200] * 4, None),
        ([["a" * LONGEST_CELL] * 200] * 4 + [["a"]], "表格的内容过多"),
    ],
)
def test_a_table_has_bounds_that_no_filled_in_template_reaches(
    rows: list[list[str]], told: str | None
) -> None:
    if told is None:
        assert list(cells.bounded(lines(*rows)))
        return
    with pytest.raises(BatchTableInvalid) as refused:
        list(cells.bounded(lines(*rows)))
    assert told in refused.value.detail


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_is_read_in_the_encodings_of_spreadsheets(encoding: str, end: str) -> None:
    text = f'姓名,住址{end}李兰,"一号{end}二楼"{end}, {end}赵六,三号{end}'

    assert said(delimited.read(text.encode(encoding))) == [
        (1, ["姓名", "住址"]),
        (2, ["李兰", f"一号{end}二楼"]),
        (4, ["赵六", "三号"]),
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", Cell("=1+1", "formula")),
        ("@SUM(A1)", Cell("@SUM(A1)", "formula")),
        ("+86 139", Cell("+86 139", "formula")),
        ("-", Cell("-", "formula")),
        ("-3", Cell("-3")),
        ("+3.5", Cell("+3.5")),
        ("-3.", Cell("-3.", "formula")),
        ("2.10102E+17", Cell("2.10102E+17", "number")),
        ("2e+5", Cell("2e+5", "number")),
        ("2E5", Cell("2E5")),
        ("12E+3号", Cell("12E+3号")),
        (" 李兰 ", Cell("李兰")),
        ("'=1", Cell("'=1")),
    ],
)
def test_what_a_spreadsheet_makes_of_a_text_is_told(text: str, cell: Cell) -> None:
    [_, line] = delimited.read(f"a,b\n{text},x\n".encode())
    assert line.cells[0] == cell


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xff\xff", "不是 UTF-8 或 GBK"),
        ("姓名\x00".encode(), "不是 UTF-8 或 GBK"),
        (b"PK\x03\x04\x00\x00", "不是 UTF-8 或 GBK"),
        (b'a,"b\nc,d\n', "请检查引号"),
        (b'a,"b"x\n', "请检查引号"),
    ],
)
def test_what_is_no_csv_is_refused(content: bytes, told: str) -> None:
    with pytest.raises(BatchTableInvalid) as refused:
        delimited.read(content)
    assert told in refused.value.detail


def test_an_empty_csv_has_no_lines() -> None:
    assert delimited.read(b"") == delimited.read(b"\n,,\n") == []


@pytest.mark.parametrize("text", ["=a", "+a", "-a", "@a", "\ta", "\ra"])
def test_nothing_we_write_is_taken_for_a_formula(text: str) -> None:
    assert delimited.escaped(text) == f"'{text}"
    assert delimited.escaped(f"a{text}") == f"a{text}"
    assert delimited.escaped("") == ""


TABLE: dict[str, Any] = {
    "columns": [
        {"head": "姓名 [a]", "title": "姓名", "format": "text", "choices": []},
        {"head": "=性别 [b]", "title": "性别", "format": "text", "choices": ["男", "女"]},
        {"head": "天 [c]", "title": "天" * 40, "format": "date", "choices": ["长" * 300]},
    ],
    "guide": [["标题", "", ""], ["=栏目", "必填", "怎样"]],
}
Change = Callable[[Any, Any], None]


def book(change: Change | None = None) -> bytes:
    """The template with one person, changed."""
    made = openpyxl.load_workbook(io.BytesIO(workbooks.written(TABLE)))
    sheet = made[workbooks.SHEET]
    sheet["A2"], sheet["B2"] = "李兰", "女"
    if change:
        change(made, sheet)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def test_a_template_is_read_as_it_was_written_and_holds_no_formula() -> None:
    made = openpyxl.load_workbook(io.BytesIO(workbooks.written(TABLE)))
    table, how = made.worksheets

    assert [cell.value for cell in table[1]] == ["姓名 [a]", "=性别 [b]", "天 [c]"]
    assert "f" not in {cell.data_type for sheet in (table, how) for row in sheet for cell in row}
    assert [cell.font.bold for cell in how["A"]] == [True, False]
    assert table.freeze_panes == "A2"
    assert [table.column_dimensions[letter].width for letter in "AC"] == [14, 40]
    assert [table.column_dimensions[letter].number_format for letter in "AC"] == ["@", "yyyy-mm-dd"]
    # A list of choices that is too long for a cell is none.
    [choice] = table.data_validations.dataValidation
    assert (choice.formula1, str(choice.sqref)) == ('"男,女"', "B2:B501")
    assert said(workbooks.read(book())) == [
        (1, ["姓名 [a]", "=性别 [b]", "天 [c]"]),
        (2, ["李兰", "女"]),
    ]


CELLS: list[tuple[object, Cell]] = [
    (True, Cell("是")),
    (False, Cell("否")),
    (3, Cell("3", "number")),
    (3.0, Cell("3", "number")),
    (0.1, Cell("0.1", "number")),
    (1e20, Cell("100000000000000000000", "number")),
    (date(2026, 3, 9), Cell("2026-03-09", "date")),
    (datetime(2026, 3, 9), Cell("2026-03-09", "date")),  # noqa: DTZ001 - none is kept
    (datetime(2026, 3, 9, 8, 30), Cell("2026-03-09 08:30:00", "time")),  # noqa: DTZ001
    (time(8, 30), Cell("08:30:00", "time")),
    (" 李兰 ", Cell("李兰")),
    ("=A1", Cell("=A1", "formula")),
    ("#N/A", Cell("#N/A", "error")),
]


def test_a_cell_says_what_it_is_besides_a_text() -> None:
    def put(_book: Any, sheet: Any) -> None:
        for row, (value, _) in enumerate(CELLS, 2):
            sheet.cell(row, 3).value = value

    found = workbooks.read(book(put))[1:]

    assert [line.cells[2] for line in found] == [cell for _, cell in CELLS]


def hidden(letter: str, value: str = "") -> Change:
    """The column hidden, with this below its head."""

    def change(_book: Any, sheet: Any) -> None:
        sheet.column_dimensions[letter].hidden = True
        if value:
            sheet[f"{letter}2"] = value

    return change


def row_hidden(number: int) -> Change:
    def change(_book: Any, sheet: Any) -> None:
        sheet.row_dimensions[number].hidden = True

    return change


def renamed(made: Any, sheet: Any) -> None:
    sheet.title = "名单"
    made.move_sheet("填写说明", -1)


def only_hidden(_made: Any, sheet: Any) -> None:
    sheet.sheet_state = "hidden"


def merged(_made: Any, sheet: Any) -> None:
    sheet.merge_cells("A2:A3")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (only_hidden, "工作表“申请表”是隐藏的"),
        (merged, "有合并的单元格（A2:A3）"),
        (row_hidden(2), "第 2 行是隐藏的"),
        (hidden("B"), "B 列是隐藏的"),
        (hidden("C", "2026-03-09"), "C 列是隐藏的"),
    ],
)
def test_what_whoever_sends_it_does_not_see_is_refused(change: Change, told: str) -> None:
    with pytest.raises(BatchTableInvalid) as refused:
        workbooks.read(book(change))
    assert told in refused.value.detail


@pytest.mark.parametrize("change", [hidden("C"), row_hidden(9)])
def test_what_is_hidden_and_says_nothing_does_not_matter(change: Change) -> None:
    assert said(workbooks.read(book(change)))[1] == (2, ["李兰", "女"])


def test_without_a_sheet_of_the_name_the_first_is_read() -> None:
    assert said(workbooks.read(book(renamed)))[0] == (1, ["标题"])


def packed(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "是旧版 Excel"),
        (b"a,b\n", "不是 .xlsx 文件"),
        (b"", "不是 .xlsx 文件"),
        (packed(a=b"x"), "不是 .xlsx 文件"),
        (packed(**{f"part{n}": b"" for n in range(workbooks.MOST_PARTS + 1)}), "展开后过大"),
        (packed(a=bytes(workbooks.MOST_UNPACKED + 1)), "展开后过大"),
    ],
)
def test_what_is_no_workbook_is_refused_before_it_is_unpacked(content: bytes, told: str) -> None:
    with pytest.raises(BatchTableInvalid) as refused:
        workbooks.read(content)
    assert told in refused.value.detail
