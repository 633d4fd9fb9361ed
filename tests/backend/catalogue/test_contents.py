"""The data files: every item is sound, and every bad row is named."""

from collections import Counter
from pathlib import Path

import pytest

from backend.catalogue.loading import contents
from backend.catalogue.loading.contents import Contents
from models import Assurance, Flow
from tests.backend.catalogue.examples import departments, items
from tests.cities import finding, small, spoil, taciturn

PEOPLE = "items/MZ.yaml"
REVIEWED = """\
  department_reviews:
  - {department: CL, name: 残疾人联合会审核}
  step_days: [2, 8, 10, 5]
"""


def broken(folder: Path, *changes: tuple[str, str, str]) -> Contents:
    """Read the files with texts replaced: (file, text, replacement).

    Of the items it has the files that are changed and one more.
    """
    changed = {f"catalogue/{file}" for file, _, _ in changes}
    city = small(taciturn(folder), *changed, department="CG")
    for file, text, replacement in changes:
        spoil(city / "catalogue" / file, text, replacement)
    return contents.read(frozenset(departments()), finding(city))


def test_there_are_38_approvals_and_154_public_services() -> None:
    kinds = Counter(code[:2] for code in items())

    assert kinds == {"SP": 38, "FW": 154}


def test_every_item_has_an_english_name_of_its_own() -> None:
    named = Counter(item.fields["guide"]["name_en"] for item in items().values())

    assert None not in named
    assert named.most_common(1)[0][1] == 1


def test_content_is_told_apart_by_its_hash_alone() -> None:
    assert len({item.hash for item in items().values()}) == len(items())


def test_what_is_decided_is_delivered_as_its_form_lets_one_choose() -> None:
    for item in items().values():
        block = item.fields["form"]["properties"].get("delivery")
        choices = block["properties"]["method"]["oneOf"] if block else [{"const": "pickup"}]
        ways = [choice["const"] for choice in choices]

        decided = item.fields["flow"] is Flow.APPROVAL
        assert item.fields["guide"]["delivery"] == (ways if decided else []), item.code
        # No file is delivered.
        assert "electronic" not in ways


def test_an_identity_card_costs_twenty_forty_or_ten_yuan() -> None:
    fees = {code: item.fields["guide"]["fee"] for code, item in items().items()}

    assert [each["yuan"] for each in fees["FW-GA-004"]["items"]] == [20, 40, 10]
    assert fees["SP-MZ-001"] == {"charged": False, "items": [], "basis": None}
    assert sum(fee["charged"] for fee in fees.values()) == 4
    assert all(fee["basis"] for fee in fees.values() if fee["charged"])


def test_unemployment_benefit_has_the_limit_of_its_law() -> None:
    fields = items()["SP-RS-006"].fields

    assert (fields["statutory_days"], fields["statutory_unit"]) == (10, "calendar_day")


def test_a_paper_about_a_person_is_given_to_that_person_alone() -> None:
    printing = [
        item.fields["min_assurance"]
        for item in items().values()
        if any(one["kind"] == "result" for one in item.fields["guide"]["requires"])
    ]

    assert items()["FW-YB-008"].fields["min_assurance"] is Assurance.REAL_NAME
    assert set(printing) == {Assurance.REAL_NAME}


def test_benefits_need_a_real_name_and_repairs_a_phone() -> None:
    assert items()["SP-MZ-001"].fields["min_assurance"] is Assurance.REAL_NAME
    assert items()["FW-CG-003"].fields["min_assurance"] is Assurance.PHONE
    assert items()["FW-QX-001"].fields["min_assurance"] is Assurance.WECHAT


def test_a_paper_is_required_only_where_the_form_does_not_stand_for_it() -> None:
    asked = {entry["code"]: entry for entry in items()["SP-MZ-001"].fields["materials"]}

    assert [code for code, entry in asked.items() if entry["required"]] == [
        "id_card",
        "household_register",
        "economic_check_authorisation",
    ]
    assert asked["dibao_application"]["provided_by"] == "form"
    assert asked["power_of_attorney"]["required_when"] == "agent"


def test_no_item_asks_for_a_proof_that_communities_may_not_issue() -> None:
    papers = {entry["name"] for item in items().values() for entry in item.fields["materials"]}

    assert not {name for name in papers if "无犯罪" in name or "健在" in name or "亲属关系" in name}


def test_every_bad_row_is_reported_and_the_good_ones_are_still_read(tmp_path: Path) -> None:
    found = broken(
        tmp_path,
        (
            PEOPLE,
            "promised: {days: 25, unit: working_day}",
            "promised: {days: 31, unit: working_day}",
        ),
        (PEOPLE, "decide_level: 街道", "decide_level: 省"),
        ("items/CL.yaml", "disability_assessment", "no_such_paper"),
        ("items/RS.yaml", "blocks: [applicant, unemployment", "blocks: [applicant, no_such_block"),
        ("items/GA.yaml", "department: GA", "department: QQ"),
        ("blocks.yaml", "title: 代办人\n", "title: 代办人\n  colour: red\n"),
    )

    told = {(Path(bad.file).name, bad.row): bad.reason for bad in found.bad}
    assert (
        told["MZ.yaml", "SP-MZ-001"] == "promised: 长于法定时限 / longer than the statutory limit"
    )
    assert told["MZ.yaml", "SP-MZ-004"].startswith(
        "decide_level: 不在可选范围内，可选 '社区'、'街道'"
    )
    assert told["CL.yaml", "SP-CL-001"] == "materials: 没有这份材料 / unknown: no_such_paper"
    assert told["RS.yaml", "SP-RS-001"] == "form: 没有模块 / there is no block 'no_such_block'"
    assert told["GA.yaml", "department"] == "没有这个部门 / unknown: QQ"
    assert told["blocks.yaml", "agent"] == "colour: 不认识的字段 / there is no such key"
    assert any(item.code == "FW-CG-003" for item in found.items)


@pytest.mark.parametrize(
    ("text", "replacement", "row", "reason"),
    [
        ("object_fields: [/applicant/id_number]", "object_fields: [/nobody/id_number]", "SP-MZ-001",
         "object_fields: 不在表单中 / not in the form: /nobody/id_number"),
        ("code: SP-MZ-002", "code: SP-MZ-001", "SP-MZ-001",
         "编码重复，首次见于 "),
        ("code: SP-MZ-002", "code: SP-CL-099", "SP-CL-099",
         "编码不属于部门 / the code does not belong to department MZ"),
        ("accept_levels: [社区, 街道]", "accept_levels: [市]", "SP-MZ-001",
         "decide_level: 低于各受理层级 / below every accept level"),
        ("name: 最低生活保障审核确认", "name: ''", "SP-MZ-001",
         "name: 过短，至少 1 个字 / must have"),
        ("name_en: Minimum living allowance (dibao)", "name_en: 低保", "SP-MZ-001",
         "name_en: 应为英文，用半角字符，词间一个空格 / must be English"),
        ("name_en: Minimum living allowance (dibao)", "name_en: ' '", "SP-MZ-001",
         "name_en: 应为英文，用半角字符，词间一个空格 / must be English"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_row(  # noqa: PLR0917 - a table
    tmp_path: Path, text: str, replacement: str, row: str, reason: str
) -> None:
    found = broken(tmp_path, (PEOPLE, text, replacement))

    told = next(bad for bad in found.bad if bad.row == row)
    assert told.reason.startswith(reason)
    assert told.line


def test_a_key_given_twice_is_reported_with_its_line(tmp_path: Path) -> None:
    found = broken(tmp_path, (PEOPLE, "  type_code: '05'\n", "  type_code: '05'\n  type: 其他\n"))

    told = [bad.reason for bad in found.bad if bad.file.endswith("MZ.yaml")]
    assert told[0] == "'type' 重复 / is given twice"


@pytest.mark.parametrize(
    ("code", "notice", "statutory"),
    [
        ("FW-SC-002", (7, "working_day"), (45, "working_day")),
        ("FW-XX-001", (15, "calendar_day"), (60, "calendar_day")),
        ("SP-MZ-001", (5, "working_day"), (30, "working_day")),
    ],
)
def test_the_days_to_answer_are_not_those_to_finish(
    code: str, notice: tuple[int, str], statutory: tuple[int, str]
) -> None:
    fields = items()[code].fields

    assert (fields["notice_days"], fields["notice_unit"]) == notice
    assert (fields["statutory_days"], fields["statutory_unit"]) == statutory


@pytest.mark.parametrize(
    ("text", "replacement", "reason"),
    [
        ("  notice: {days: 7, unit: working_day}\n", "", "notice: 投诉类有法定时限的，须另写明"),
        ("notice: {days: 7,", "notice: {days: 45,", "notice: 答复是否受理的时限须短于"),
    ],
)
def test_one_limit_for_a_complaint_is_refused(
    tmp_path: Path, text: str, replacement: str, reason: str
) -> None:
    found = broken(tmp_path, ("items/SC.yaml", text, replacement))

    assert [bad.reason for bad in found.bad if bad.reason.startswith(reason)]


@pytest.mark.parametrize(
    ("file", "text", "replacement", "reason"),
    [
        (PEOPLE, REVIEWED, "",
         "department_reviews: 依据中残联有自己的时限，须是一个环节"),
        (PEOPLE, "{department: CL,", "{department: MZ,",
         "department_reviews: MZ 已是主办或联合办理部门"),
        (PEOPLE, "{department: CL,", "{department: QQ,", "department_reviews: 没有这个部门"),
        (PEOPLE, "  step_days: [2, 8, 10, 5]\n", "",
         "step_days: 有其他部门环节的，须写明各环节天数"),
        (PEOPLE, "step_days: [2, 8, 10, 5]", "step_days: [2, 8, 15]", "step_days: 环节数不符"),
        ("items/YB.yaml", "decide_level: 社区", "decide_level: 区县",
         "case_type: 即办件须由受理的单位当场办结"),
        ("items/GA.yaml", "  fee_basis: 发改价格〔2003〕2322号(居民身份证工本费)\n", "",
         "fee_basis: 收费须写明依据"),
        ("items/GA.yaml", "遗失补领、损坏换领, yuan: 40}", "遗失补领、损坏换领}",
         "fees.1: 须写金额"),
        ("items/GA.yaml", "  fees: []\n", "", "fees: 必填"),
        ("items/SW.yaml", "year: {title: 汇算年度, kind: whole, min: 2019, max: 2100,",
         "date: {title: 希望的日期, kind: date,",
         "form: 预约的时段就是日期，不能再问日期"),
        ("items/GA.yaml", "optional_blocks: [visit]", "optional_blocks: [visit, wish]",
         "form: 预约的时段就是日期，不能再问日期"),
        ("items/NY.yaml", "blocks: [contact, dog]", "blocks: [contact, dog, wish]",
         "form: 预约的时段就是日期，不能再问日期"),
        ("items/SB.yaml", "  form:\n", "  form:\n    object_fields: [/service]\n",
         "object_fields: 直接预约的事项没有这一栏"),
        ("items/SB.yaml", "  fees:\n  - {name: 家政服务费, note: 由服务单位定价，下单前告知居民}\n",
         "  fees: []\n", "fees: 经营性服务须说明如何收费"),
        ("items/RS.yaml", "  statutory: {days: 10, unit: calendar_day}\n", "",
         "statutory: 时限出自法律的，须写明法定时限"),
        ("items/YB.yaml", "  min_assurance: real_name\n", "",
         "min_assurance: 出具个人的结果文件，须为 real_name"),
        ("items/CG.yaml", "  category: repair\n", "  category: repair\n  flow: approval\n",
         "flow: 报修、投诉、咨询没有审批"),
        ("items/GR.yaml", "appointment: false\n  flags", "appointment: true\n  flags",
         "form: 预约的时段就是日期，不能再问日期"),
        ("items/FL.yaml", "    rule: {sex: {of: applicant.id_number, is: female}}\n", "",
         "conditions: “低收入家庭患乳腺癌、宫颈癌妇女”写了性别，须有规则"),
        ("items/NY.yaml", "    rule: {season: [{from: 04-01, to: 06-30}]}\n", "",
         "conditions: “每年4月至6月受理”写了月份，须有规则"),
        ("items/CG.yaml", "数量(件或袋)", "大小", "help: 大小须写明单位"),
        ("items/SC.yaml", "title: 电梯编号", "title: 轿厢号", "help: 须说明轿厢号在哪里能找到"),
        ("blocks.yaml", "title: 建筑面积(平方米)", "title: 建筑面积", "help: 建筑面积须写明单位"),
        ("blocks.yaml", "help: 注射在犬只体内的电子芯片的15位号码，免疫证上有, ", "",
         "help: 须说明芯片号在哪里能找到"),
        ("blocks.yaml", "  about: id_number\n", "  about: number\n",
         "about 须是 carried 模块的一栏"),
        ("blocks.yaml", "kind: address, profile: address, needed: true}",
         "kind: address, needed: true}", "questions.address: needed 只用于 profile 栏"),
        ("terms.yaml", "  phone: 手机号", "  text: 填文字\n  phone: 手机号",
         "kinds 不能有 text"),
        ("items/SW.yaml", "  min_assurance: phone\n", "",
         "min_assurance: 收取证件或身份证号，不能为 wechat"),
    ],
)  # fmt: skip
def test_what_the_next_city_might_do_wrong_again_is_refused(  # noqa: PLR0917 - a table
    tmp_path: Path, file: str, text: str, replacement: str, reason: str
) -> None:
    found = broken(tmp_path, (file, text, replacement))

    assert [bad.reason for bad in found.bad if bad.reason.startswith(reason)], found.bad
