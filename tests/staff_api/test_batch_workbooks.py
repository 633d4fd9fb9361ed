"""A batch as XLSX: the template filled in, and what spreadsheets make of it."""

import base64
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from backend.catalogue import queries as catalogue
from backend.window import columns, tables
from models import Case
from tests.serving import Heard
from tests.staff_api.batch_window import Window
from tests.staff_api.batch_window import api as api
from tests.staff_api.batch_window import window as window
from tests.staff_api.test_batch_tables import TEMPLATE, cells

Change = Callable[[Any], None]


async def template(window: Window) -> Any:
    heard = await window.api.ask("GET", f"{TEMPLATE}?format=xlsx", token=window.token)
    assert heard.status == 200
    return openpyxl.load_workbook(io.BytesIO(heard.body))


async def filled(window: Window, rows: list[dict[str, Any]]) -> Any:
    book = await template(window)
    sheet = book["申请表"]
    places = {cell.value.rpartition("[")[2].rstrip("]"): cell.column for cell in sheet[1]}
    for no, row in enumerate(rows, 2):
        for path, value in row.items():
            sheet.cell(no, places[path]).value = value
    return book


def saved(book: Any) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def tried(window: Window, content: bytes, *, dry_run: bool = True) -> Heard:
    table = {"format": "xlsx", "content": base64.b64encode(content).decode()}
    return await window.file([], key=str(dry_run), dry_run=dry_run, table=table)


async def test_a_filled_in_workbook_is_filed_as_its_dry_run_says(window: Window) -> None:
    by_agent = {
        "agent.name": "王芳",
        "agent.relation": "子女",
        "agent.phone": 13900000006,
        "consent.kind": "口头",
    }
    # A phone number loses nothing as a number; blank lines are no rows.
    rows: list[dict[str, Any]]
    rows = [await cells(window) | {"person.phone": 13900000005}, {}, await cells(window) | by_agent]
    content = saved(await filled(window, rows))

    for dry_run, status in ((True, 200), (False, 201)):
        heard = await tried(window, content, dry_run=dry_run)
        told = [(result["row"], result["status"]) for result in heard.body["results"]]
        assert told == [(2, status), (4, status)], heard.body
    shown = await window.api.ask(
        "GET", f"/api/v1/staff/cases/{heard.body['results'][1]['case_id']}", token=window.token
    )
    assert shown.body["intake"]["agent"]["relation"] == "child"
    assert await Case.all().count() == 2


async def test_what_a_spreadsheet_made_of_a_cell_is_told_by_row_and_column(window: Window) -> None:
    table: list[tuple[str, Any, str, str]] = [
        ("person.name", '=CONCAT("李","兰")', "formula_in_cell", "公式"),
        ("person.id_number", 110105194912310028, "cell_not_text", "文本"),
        ("form.bank_account.number", 6217000000000000001.0, "cell_not_text", "文本"),
        ("person.address", datetime(2026, 3, 9), "cell_not_text", "日期"),  # noqa: DTZ001 - none is kept
        ("person.address", datetime(2026, 3, 9, 8, 30), "cell_not_text", "时间"),  # noqa: DTZ001
        ("form.declaration.truthful", "#N/A", "batch_row_invalid", "错误值"),
        ("person.community_code", 21010200100, "batch_row_invalid", ""),
    ]
    rows = [await cells(window) | {path: value} for path, value, _, _ in table]

    heard = await tried(window, saved(await filled(window, rows)))

    for (path, _, code, said), result in zip(table, heard.body["results"], strict=True):
        problem = result["problem"]
        assert (problem["code"], problem["invalid_params"][0]["name"]) == (code, path)
        assert said in problem["invalid_params"][0]["reason"]
    assert not await Case.exists()


def hide(book: Any) -> None:
    book["申请表"].sheet_state = "hidden"


def hide_row(book: Any) -> None:
    book["申请表"].row_dimensions[2].hidden = True


def merge(book: Any) -> None:
    book["申请表"].merge_cells("A2:A3")


def double(book: Any) -> None:
    book["申请表"]["B1"].value = book["申请表"]["A1"].value


def rename(book: Any) -> None:
    book["申请表"]["A1"].value = "年龄"


def leave_out(book: Any) -> None:
    book["申请表"].delete_cols(1)


def widen(book: Any) -> None:
    book["申请表"].cell(2, 500).value = "x"


def lengthen(book: Any) -> None:
    for no in range(2, 503):
        book["申请表"].cell(no, 1).value = "李秀兰"


CHANGES: list[tuple[Change, str]] = [
    (hide, "隐藏的"),
    (hide_row, "第 2 行是隐藏的"),
    (merge, "合并的单元格（A2:A3）"),
    (double, "重复的栏目：姓名"),
    (rename, "没有“年龄”这一栏"),
    (leave_out, "缺少“姓名”这一栏"),
    (widen, "栏目过多"),
    (lengthen, "最多 500 行"),
]


def bomb(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
        made.writestr(name, content)
    return packed.getvalue()


async def test_a_workbook_that_is_not_as_it_seems_is_refused_whole(window: Window) -> None:
    row = await cells(window)
    empty = saved(openpyxl.Workbook())
    wrong = [
        (b"a,b\n1,2\n", "不是 .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Excel"),
        (bomb("xl/worksheets/sheet1.xml", bytes(40 * 1024 * 1024)), "展开后过大"),
        (bomb("xl/sharedStrings.xml", b"<sst/>"), "无法读取"),
        (zipfile_of(b"no workbook"), "不是 .xlsx"),
        (empty, "没有内容"),
    ]
    for change, said in CHANGES:
        book = await filled(window, [row])
        change(book)
        wrong.append((saved(book), said))
    for content, said in wrong:
        heard = await tried(window, content)
        assert (heard.status, heard.code) == (422, "batch_table_invalid"), heard.body
        assert said in heard.body["detail"]


def zipfile_of(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("a.txt", content)
    return packed.getvalue()


@pytest.mark.usefixtures("city")
async def test_lists_dates_and_choices_have_columns_by_name() -> None:
    item = await catalogue.current("FW-FC-001")
    known = columns.of(item)
    assert len({column.path for column in known}) == len(known)
    members = [each.path for each in known if each.path.startswith("form.household.members.")]
    assert "form.household.members.19.name" in members
    shown = [each.path for each in columns.shown(known)]
    assert "form.household.members.2.name" in shown
    assert "form.household.members.3.name" not in shown
    book = openpyxl.load_workbook(io.BytesIO(await tables.template(item, "xlsx")))
    told = [row[0].value or "" for row in book["填写说明"].iter_rows()]
    assert any("从 0 开始" in said for said in told)
    assert set(told) > {each.head for each in columns.shown(known)}
    _fill(book["申请表"], {"form.household.members.0.name": "甲", "form.matter": "年度复核"})
    _fill(book["申请表"], {"form.household.members.1.name": "乙"}, row=3)

    rows = await tables.read(item, saved(book), "xlsx")

    family = {"members": [{"name": "甲"}]}
    assert rows[0].values["form"] == {"household": family, "matter": "review"}
    assert [each.name for each in rows[1].faults] == ["form.household.members.1"]
    dated = columns.Column(path="form.day", title="日期", kind="date")
    month = columns.Column(path="form.month", title="年月", kind="month")
    choices = {"坡道": "ramp", "扶手": "handrail"}
    several = columns.Column(path="form.needs", title="需要", kind="choices", choices=choices)
    assert [dated.value(text) for text in ("2026/3/9", "2026年3月9日")] == ["2026-03-09"] * 2
    assert [month.value(text) for text in ("2026.3", "2026-03-09")] == ["2026-03"] * 2
    assert several.value("坡道、扶手") == ["ramp", "handrail"]


def _fill(sheet: Any, row_cells: dict[str, str], *, row: int = 2) -> None:
    for cell in sheet[1]:
        path = cell.value.rpartition("[")[2].rstrip("]")
        if path in row_cells:
            sheet.cell(row, cell.column).value = row_cells[path]
