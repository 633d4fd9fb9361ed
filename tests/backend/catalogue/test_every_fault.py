"""Each fault that does not come of another is told, all at once, with its own line."""

import re
from pathlib import Path

import pytest

from backend.catalogue.loading import contents
from backend.catalogue.loading.contents import Contents
from config import sources
from tests.backend.catalogue.examples import departments
from tests.cities import finding, put, small, taciturn

BOTH = re.compile("[\u4e00-\u9fff].* / [A-Za-z0-9]")
ITEMS = """\
department: MZ
items:
- code: SP-MZ-001
  name: 高龄津贴申领
  category: benefit
  type: 行政给付
  type_code: '5'
  case_type: 承诺件
  applicants: [自然人]
  conditions: [{text: 年满八十周岁}]
  accept_levels: [区县]
  decide_level: 社区
  co_departments: [CL, YY]
  statutory: {days: 30, unit: working_day}
  promised: {days: 31, unit: working_day}
  step_days: [1, 2]
  limit_source: rumour
  colour: red
  fees: []
  appointment: false
  materials:
  - id_card
  - no_such_paper
  bring_to_window: [household_register]
  form:
    blocks: [applicant, no_such_block]
    optional_blocks: [agent, another]
    questions:
      reason: {title: 申请理由, kind: lang}
- code: FW-ZZ-002
  name: 咨询
  category: information
  type: 公共服务
  type_code: '20'
  case_type: 即办件
  applicants: [自然人]
  conditions: [{text: 无}]
  accept_levels: [社区]
  decide_level: 社区
  promised: {days: 1, unit: working_day}
  limit_source: typical
  fees: []
  appointment: false
  materials: []
  form:
    blocks: [applicant]
    questions:
      way: {title: 方式, one: {post: 邮寄, phone: 电话}}
      number: {title: 数目, kind: whole, min: 5, max: 2}
      address: {title: 地址, kind: text, optional: true}
    rules:
    - {when: {way: [post]}, require: [address]}
    - {when: {way: [phone]}, require: [address]}
    object_fields: [/nobody/id_number, /applicant/name, /number/x]
- code: SP-MZ-001
  form:
    blocks: [applicant]
    questions:
      way: {title: 方式, one: {post: 邮寄, phone: 电话}}
    rules:
    - {when: {way: [fax]}, require: [way]}
    - {when: {weight: [fax]}, require: [height]}
    - {when_form_has: nobody, require: [way]}
"""


def city(folder: Path, **files: str) -> Contents:
    """The built-in catalogue with these files replaced (by name), and of the items no others.

    Where no items are given it has those of the department of housing, whose forms have the blocks
    that are spoiled: reading all of them is most of the work.
    """
    items = files.keys() - {"blocks", "meta", "materials"}
    for name, text in files.items():
        within = "items/" if name in items else ""
        put(folder, f"catalogue/{within}{name}.yaml").write_text(text, encoding="utf-8")
    own = folder if items else small(folder, department="FC")
    return contents.read(frozenset(departments()), finding(taciturn(own)))


def told(found: Contents) -> list[tuple[str, int, str]]:
    """File, line and the beginning of each bad row, in their order."""
    return sorted((Path(row.file).name, row.line, row.reason.split(" / ")[0]) for row in found.bad)


def built_in(name: str) -> str:
    return (sources.DATA / "catalogue" / name).read_text(encoding="utf-8")


def test_every_fault_of_every_item_of_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    found = city(tmp_path, MZ=ITEMS)

    assert told(found) == sorted(
        [
            ("MZ.yaml", 7, "type_code: 格式不正确，须符合 ^[0-9]{2}$"),
            ("MZ.yaml", 12, "decide_level: 低于各受理层级"),
            ("MZ.yaml", 13, "co_departments: 没有这个部门"),
            ("MZ.yaml", 15, "promised: 长于法定时限"),
            ("MZ.yaml", 16, "step_days: 之和不等于承诺时限"),
            ("MZ.yaml", 17, "limit_source: 没有这个来源"),
            ("MZ.yaml", 18, "colour: 不认识的字段"),
            ("MZ.yaml", 23, "materials: 没有这份材料"),
            ("MZ.yaml", 24, "bring_to_window: 不在材料中"),
            ("MZ.yaml", 26, "form: 没有模块"),
            ("MZ.yaml", 27, "form: 没有模块"),
            ("MZ.yaml", 29, next(r for _, n, r in told(found) if n == 29)),
            ("MZ.yaml", 30, "min_assurance: 收取证件或身份证号，不能为 wechat"),
            ("MZ.yaml", 30, "编码不属于部门"),
            ("MZ.yaml", 49, "form: 示例不合表单"),
            ("MZ.yaml", 51, "form: 两条规则显示同一栏"),
            ("MZ.yaml", 54, "object_fields: 不在表单中"),
            ("MZ.yaml", 54, "object_fields: 不在表单中"),
            ("MZ.yaml", 55, next(r for _, n, r in told(found) if n == 55 and "编码重复" in r)),
            *(
                ("MZ.yaml", 55, f"{name}: 必填")
                for name in (
                    "name", "category", "type", "type_code", "case_type", "applicants",
                    "conditions", "accept_levels", "decide_level", "promised", "limit_source",
                    "fees", "appointment", "materials",
                )
            ),
            ("MZ.yaml", 61, "form: way 没有这个选项"),
            ("MZ.yaml", 62, "form: 没有这一栏"),
            ("MZ.yaml", 62, "form: 没有这一栏"),
            ("MZ.yaml", 63, "form: 没有模块"),
        ]
    )  # fmt: skip
    assert [row.reason for row in found.bad if not BOTH.search(row.reason)] == []
    assert found.items == []


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("department: MZ\nitems: []\n", [(2, "须列出至少一个事项")]),
        ("department: MZ\nitems:\n", [(2, "须列出至少一个事项")]),
        ("department: MZ\n", [(1, "须列出至少一个事项")]),
        ("department: MZ\nitems: {a: b}\n", [(2, "须列出至少一个事项")]),
        ("items: []\n", [(1, "必填"), (1, "须列出至少一个事项")]),
        ("department: QQ\nitem: []\n", [
            (1, "没有这个部门"), (1, "须列出至少一个事项"), (2, "不认识的字段")]),
        ("", [(1, "是空的")]),
    ],
)  # fmt: skip
def test_a_file_without_items_is_refused(
    tmp_path: Path, text: str, reasons: list[tuple[int, str]]
) -> None:
    found = city(tmp_path, MZ=text)

    assert [(line, reason) for _, line, reason in told(found)] == reasons
    assert all(BOTH.search(row.reason) for row in found.bad)


def test_a_key_given_twice_hides_no_other_fault(tmp_path: Path) -> None:
    text = built_in("items/YZ.yaml").replace(
        "  appointment:", "  appointment: false\n  appointment:", 1
    )
    text = text.replace("limit_source: ", "limit_source: rumour # ", 1)

    assert {reason for _, _, reason in told(city(tmp_path, YZ=text))} == {
        "'appointment' 重复",
        "limit_source: 没有这个来源",
    }


def test_a_block_that_is_gone_is_told_once_for_all_items(tmp_path: Path) -> None:
    found = city(tmp_path, blocks=built_in("blocks.yaml").replace("\napplicant:", "\naplicant:"))

    items = [row for row in found.bad if "items/" in row.file]
    assert len(items) == 1
    assert items[0].reason.startswith("form: 没有模块，另有 ")
    assert items[0].reason.endswith(" more places too")


TITLE = "titel: 不认识的字段，是否为 title？"


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("blocks", ("  title: 申请人\n", "  titel: 申请人\n"), TITLE),
        ("blocks", ("[name, id_number]}", "[name, nothing]}"), "rules: 没有这一栏"),
        ("blocks", ("{status: [married]}", "{status: [maried]}"), "rules: status 没有这个选项"),
        ("blocks", ("kind: whole, min: 1,", "kind: whole, min: 9e8,"), "questions: 示例不合表单"),
        ("blocks", ("optional_blocks: [organisation]", "optional_blocks: [organisaton]"),
         "optional_blocks: 没有模块"),
        ("blocks", ("\norganisation:\n  title:", "\norganisation:\n  titel:"), TITLE),
        ("blocks", ("blocks: [organisation]", "blocks: [organisation, applying_as]"),
         "optional_blocks: 可选模块不能再有可选模块"),
        ("blocks", ("post: 邮寄}", "courier: 快递}"), "questions: method 没有这种领取方式 courier"),
        ("materials", ("id_card: {name:", "id_card: {nmae:"), "nmae: 不认识的字段，是否为 name？"),
        ("meta", ("official: false", "official: perhaps"), "official: 应为是或否"),
    ],
)  # fmt: skip
def test_a_fault_of_what_items_name_is_told_where_it_stands_and_not_of_each_item(
    tmp_path: Path, name: str, change: tuple[str, str], reason: str
) -> None:
    before = built_in(f"{name}.yaml")
    assert change[0] in before

    found = city(tmp_path, **{name: before.replace(*change, 1)})

    assert {file for file, _, _ in told(found)} == {f"{name}.yaml"}
    assert reason in {each for _, _, each in told(found)}
    assert all(row.line and BOTH.search(row.reason) for row in found.bad)


@pytest.mark.parametrize("name", ["blocks", "materials", "meta"])
def test_a_file_that_is_empty_is_all_that_is_told(tmp_path: Path, name: str) -> None:
    found = city(tmp_path, **{name: ""})

    assert {file for file, _, _ in told(found)} == {f"{name}.yaml"}


def test_the_department_of_a_file_is_blamed_once(tmp_path: Path) -> None:
    text = built_in("items/MZ.yaml").replace("department: MZ", "department: QQ", 1)

    assert [reason for _, _, reason in told(city(tmp_path, MZ=text))] == ["没有这个部门"]


def test_a_name_that_is_no_text_is_one_fault_of_the_file(tmp_path: Path) -> None:
    found = city(tmp_path, MZ="department: MZ\n? [a, b]\n: c\n")

    assert told(found) == [("MZ.yaml", 2, "名称应为文字")]
