"""A batch from a spreadsheet: the template filled in, as it is saved in one encoding or another."""

import base64
import csv
import io
import json
from typing import Any

import pytest

from config.database import connection
from models import Case
from sandbox.actors import id_number
from tests.backend.cases.factories import COMMUNITY
from tests.serving import Served
from tests.staff_api.batch_window import BIRTHDAYS, ITEM, PAPERS, Window
from tests.staff_api.batch_window import api as api
from tests.staff_api.batch_window import window as window

TEMPLATE = f"/api/v1/staff/items/{ITEM}/batch-template"


async def heads(window: Window) -> list[str]:
    heard = await window.api.ask("GET", TEMPLATE, token=window.token)
    assert heard.headers["Content-Disposition"] == f'attachment; filename="{ITEM}.csv"'
    assert heard.body.startswith(b"\xef\xbb\xbf")
    [line] = csv.reader(io.StringIO(heard.body.decode("utf-8-sig")))
    return line


async def cells(window: Window, **changes: str) -> dict[str, str]:
    """A row by the paths of its columns."""
    scan = str(await window.scan())
    return {
        "person.name": "李秀兰",
        "person.id_number": id_number(born=next(BIRTHDAYS)),
        "person.phone": "13900000005",
        "person.community_code": COMMUNITY,
        "person.address": "浑河湾街1号",
        "person.checked": "居民身份证",
        "form.bank_account.bank": "盛京银行",
        "form.bank_account.number": "6217000000000000001",
        "form.declaration.truthful": "是",
        **{f"materials.{code}": scan for code in PAPERS},
    } | {name.replace("__", "."): text for name, text in changes.items()}


def table(head: list[str], rows: list[dict[str, str]], encoding: str = "utf-8-sig") -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    for row in rows:
        given = dict(row)
        writer.writerow([given.pop(each.rpartition("[")[2].rstrip("]"), "") for each in head])
        assert not given
    return base64.b64encode(text.getvalue().encode(encoding)).decode()


def sent(content: str) -> dict[str, Any]:
    return {"table": {"format": "csv", "content": content}}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gbk"])
async def test_a_filled_in_template_is_filed(window: Window, encoding: str) -> None:
    head = await heads(window)
    rows = [await cells(window) for _ in range(2)]
    # Blank lines are no rows, and each row keeps its number.
    content = table(head, [rows[0], {}, rows[1]], encoding)

    for dry_run, status in ((True, 200), (False, 201)):
        heard = await window.file([], key=str(dry_run), dry_run=dry_run, **sent(content))
        told = [(result["row"], result["status"]) for result in heard.body["results"]]
        assert told == [(2, status), (4, status)]
    assert await Case.all().count() == 2
    # Told again is whom it names, too.
    again = await window.file([], key="False", **sent(content))
    assert again.body == heard.body
    [row] = await connection().execute_query_dict(
        "SELECT details FROM access_log WHERE request_id = $1", [again.headers["X-Request-ID"]]
    )
    details = json.loads(row["details"])
    assert details["repeated"]
    assert len(details["persons"]) == 2


async def test_each_fault_is_told_by_row_and_column(window: Window) -> None:
    head = await heads(window)
    first = await cells(window)
    rows = [
        (first, None),
        (first, "batch_row_repeated"),
        (await cells(window, person__name="=A1"), "person.name"),
        (await cells(window, person__address="@SUM(1)"), "person.address"),
        (await cells(window, person__id_number="1.10105E+17"), "person.id_number"),
        (await cells(window, person__checked="驾驶证"), "person.checked"),
        (await cells(window, form__declaration__truthful="对"), "form.declaration.truthful"),
        (await cells(window, form__bank_account__number="12"), "form.bank_account.number"),
        (await cells(window, person__community_code="210102"), "person.community_code"),
        (await cells(window, materials__id_card="不是"), "materials.0.file_id"),
        (await cells(window, person__id_number="210102193001010000"), "id_number"),
    ]
    content = table(head, [row for row, _ in rows])

    heard = await window.file([], dry_run=True, **sent(content))

    results = heard.body["results"]
    assert [result["row"] for result in results] == [*range(2, len(rows) + 2)]
    for (_, place), result in zip(rows, results, strict=True):
        problem = result.get("problem")
        if place is None:
            assert result["status"] == 200
        elif place == "batch_row_repeated":
            assert (problem["code"], problem["detail"]) == (place, "与第 2 行是同一个人")
        else:
            assert [param["name"] for param in problem["invalid_params"]] == [place]
    assert results[2]["problem"]["invalid_params"][0]["reason"] == "“姓名”栏不能是公式，请改为值"
    assert not await Case.exists()


async def test_what_is_no_table_of_the_item_is_refused_whole(window: Window, api: Served) -> None:
    head = await heads(window)
    row = await cells(window)
    good = table(head, [row])
    wrong = [
        (base64.b64encode(b"\x00\x01\xff").decode(), "编码"),
        (base64.b64encode(b'"').decode(), "引号"),
        (table(head, []), "没有内容"),
        (table([*head, "年龄"], [row]), "没有“年龄”这一栏"),
        (table([*head, head[0]], [row]), "重复的栏目"),
        (table(head, [row] * 501), "最多 500 行"),
    ]
    for content, said in wrong:
        heard = await window.file([], dry_run=True, **sent(content))
        assert (heard.status, heard.code) == (422, "batch_table_invalid")
        assert said in heard.body["detail"]
    assert (await window.file([], dry_run=True, **sent(good))).status == 200
    booked = await api.ask(
        "GET", "/api/v1/staff/items/FW-GA-003/batch-template", token=window.token
    )
    assert booked.code == "item_booked_only"
