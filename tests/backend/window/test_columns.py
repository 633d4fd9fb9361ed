"""The columns of an item's table, and what each of its cells may say."""

from typing import Any

import pytest

from backend.catalogue.versions import ItemVersion
from backend.window import columns, guide
from backend.window.columns import CellFault, Column
from tests.backend.catalogue.small import an_item, block, text

SEX = {"title": "性别", "oneOf": [{"const": "m", "title": "男"}, {"const": "f", "title": "女"}]}
ENTRY = block({"name": text("姓名"), "day": text("日期", format="date"), "sex": SEX}, "name")
FORM: dict[str, Any] = {
    "type": "object",
    "required": ["applicant", "house", "people", "agent"],
    "properties": {
        "applicant": block({"name": text("姓名", x_profile="name"), "job": text("职业")}, "job"),
        "house": block(
            {
                "rooms": {"type": "integer", "title": "房间"},
                "area": {"type": "number", "title": "面积"},
                "since": text("年月", pattern="^[0-9]{4}-(0[1-9]|1[0-2])$"),
                "own": {"type": "boolean", "title": "自有"},
                "kinds": {"type": "array", "title": "类型", "items": SEX},
            },
            "rooms",
        ),
        "people": {"type": "array", "title": "家人", "minItems": 1, "maxItems": 4, "items": ENTRY},
        "agent": block({"name": text("姓名")}, "name"),
        "note": text("说明"),
    },
}


def paper(code: str, *, required: bool, by: str = "applicant", bring: bool = False) -> Any:
    return {
        "code": code,
        "name": f"材料{code}",
        "required": required,
        "provided_by": by,
        "bring_to_window": bring,
    }


ITEM: ItemVersion = an_item(
    FORM,
    materials=(
        paper("must", required=True),
        paper("may", required=False),
        paper("shown", required=False, bring=True),
        paper("ours", required=False, by="system"),
        paper("both", required=True, by="form", bring=True),
    ),
)
COLUMNS = {column.path: column for column in columns.of(ITEM)}


def test_a_table_has_the_person_the_answers_the_papers_and_who_consents() -> None:
    paths = list(COLUMNS)

    assert paths[:6] == [
        *("person.name", "person.id_number", "person.phone", "person.community_code"),
        *("person.address", "person.checked"),
    ]
    assert [path for path in paths if path.startswith("form.") and ".people." not in path] == [
        # What the profile says is not asked, nor who fills in for somebody else.
        *("form.applicant.job", "form.house.rooms", "form.house.area", "form.house.since"),
        *("form.house.own", "form.house.kinds", "form.note"),
    ]
    assert [path for path in paths if path.startswith("materials.")] == [
        *("materials.must", "materials.may", "materials.both"),
    ]
    assert paths[-6:] == [
        *("consent.kind", "consent.file_id"),
        *("agent.name", "agent.relation", "agent.id_number", "agent.phone"),
    ]


def test_only_what_must_be_there_is_required() -> None:
    required = {path for path, column in COLUMNS.items() if column.required}

    assert required == {
        *("person.name", "person.id_number", "person.community_code", "person.checked"),
        *("form.applicant.job", "form.house.rooms", "form.people.0.name"),
        *("materials.must", "materials.both"),
    }


def test_a_list_has_columns_for_each_entry_and_a_template_for_the_first_three() -> None:
    names = [column.title for column in COLUMNS.values() if column.path.endswith(".name")]
    assert names[1:5] == ["家人1·姓名", "家人2·姓名", "家人3·姓名", "家人4·姓名"]
    assert [COLUMNS[f"form.people.{n}.name"].entry for n in range(4)] == [0, 1, 2, 3]

    shown = {column.path for column in columns.shown([*COLUMNS.values()])}
    assert COLUMNS.keys() - shown == {f"form.people.3.{name}" for name in ("name", "day", "sex")}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("form.house.rooms", "number"),
        ("form.house.area", "number"),
        ("form.house.since", "month"),
        ("form.house.own", "choice"),
        ("form.house.kinds", "choices"),
        ("form.people.2.day", "date"),
        ("form.people.0.sex", "choice"),
        ("form.note", "text"),
        ("materials.must", "files"),
        ("person.checked", "choice"),
        ("person.phone", "text"),
    ],
)
def test_a_column_is_of_the_kind_that_its_answer_has(path: str, kind: str) -> None:
    assert COLUMNS[path].kind == kind


def test_digits_that_a_number_keeps_are_those_that_never_begin_with_nought() -> None:
    assert {path for path, column in COLUMNS.items() if column.whole} == {
        *("person.phone", "person.community_code", "agent.phone"),
    }
    assert [path for path, column in COLUMNS.items() if column.integer] == ["form.house.rooms"]


@pytest.mark.parametrize(
    ("head", "path"),
    [
        ("姓名 [person.name]", "person.name"),
        ("随便什么 [person.name]", "person.name"),
        ("  家人2·姓名 [form.people.1.name] ", "form.people.1.name"),
        ("[form.note]", "form.note"),
        ("form.note", "form.note"),
        ("说明", "form.note"),
        # The person comes first, whoever else has a name.
        ("姓名", "person.name"),
        ("性别", None),
        ("姓名 [person.nmae]", None),
        ("", None),
        ("姓名 [person.name] x", None),
    ],
)
def test_a_column_is_known_by_its_path_or_its_title(head: str, path: str | None) -> None:
    found = columns.by_head([*COLUMNS.values()], head)
    assert (found and found.path) == path


def test_the_head_of_each_column_leads_back_to_it() -> None:
    for column in COLUMNS.values():
        assert columns.by_head([*COLUMNS.values()], column.head) is column


@pytest.mark.parametrize(
    ("path", "said", "value"),
    [
        ("form.house.rooms", "3", 3),
        ("form.house.rooms", "-0", 0),
        ("form.house.rooms", "3.0", 3),
        ("form.house.area", "56.125", 56.125),
        ("form.house.area", "-1.5", -1.5),
        ("form.house.own", "是", True),
        ("form.house.own", "否", False),
        ("form.house.kinds", "男、女", ["m", "f"]),
        ("form.house.kinds", "男，女; 男", ["m", "f", "m"]),
        ("form.house.kinds", "、男、", ["m"]),
        ("form.people.0.sex", "女", "f"),
        ("form.people.0.sex", "f", "f"),
        ("form.people.0.day", "2026-03-09", "2026-03-09"),
        ("form.people.0.day", "2026/3/9", "2026-03-09"),
        ("form.people.0.day", "2026.3.9", "2026-03-09"),
        ("form.people.0.day", "2026年3月9日", "2026-03-09"),
        ("form.people.0.day", "2026年3月9", "2026-03-09"),
        # What is no date is left to the form, which says what is wrong.
        ("form.people.0.day", "昨天", "昨天"),
        ("form.people.0.day", "2026-03", "2026-03"),
        ("form.people.0.day", "26-3-9", "26-3-9"),
        ("form.house.since", "2026年3月", "2026-03"),
        ("form.house.since", "2026-3-9", "2026-03"),
        ("form.house.since", "2026.12", "2026-12"),
        ("materials.must", "a b\n c", ["a", "b", "c"]),
        ("form.note", " 两 段 ", " 两 段 "),
        ("person.checked", "户口簿", "household_register"),
        ("consent.kind", "口头", "oral"),
        ("agent.relation", "子女", "child"),
    ],
)
def test_a_cell_means_what_people_write(path: str, said: str, value: object) -> None:
    found = COLUMNS[path].value(said)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("path", "said", "fault"),
    [
        ("form.house.rooms", "3.5", "应为整数"),
        ("form.house.rooms", "三", "应为数字"),
        ("form.house.area", "1,000", "应为数字"),
        ("form.house.area", "1e3", "应为数字"),
        ("form.house.area", "+1", "应为数字"),
        ("form.house.area", "1.", "应为数字"),
        ("form.house.area", "1" * 16, "应为数字"),
        ("form.house.area", "１", "应为数字"),
        ("form.house.own", "对", "应为是、否之一"),
        ("form.people.0.sex", "男性", "应为男、女之一"),
        ("form.house.kinds", "男、别的", "应为男、女之一"),
        ("person.checked", "驾驶证", "应为居民身份证、户口簿、其他之一"),
    ],
)
def test_what_a_cell_may_not_say_is_told(path: str, said: str, fault: str) -> None:
    with pytest.raises(CellFault, match=f"^{fault}$"):
        COLUMNS[path].value(said)


def test_the_guide_says_of_each_column_whether_and_how() -> None:
    told = guide.of(ITEM, [*COLUMNS.values()])
    rows = {head.rpartition("[")[2].rstrip("]"): (must, how) for head, must, how in told["guide"]}

    assert told["guide"][0][0] == "测试事项（FW-TS-001）"
    assert rows["person.name"] == ("是", "文本")
    assert rows["form.house.rooms"] == ("是", "数字")
    assert rows["form.people.0.sex"] == ("", "选一项：男、女")
    assert rows["form.house.kinds"] == ("", "可选多项，用顿号隔开：男、女")
    assert rows["person.community_code"] == ("是", "12 位社区编码")
    assert rows["consent.kind"][1] == "不填为口头同意；签名和书面同意须附照片：签名、书面、口头"
    assert rows["materials.must"][1].startswith("在本窗口上传后得到的文件 id")


def test_a_workbooks_cells_have_the_format_of_their_column() -> None:
    made: list[dict[str, Any]] = guide.of(ITEM, [*COLUMNS.values()])["columns"]
    found = {each["head"].rpartition("[")[2].rstrip("]"): each for each in made}

    assert [found[path]["format"] for path in ("form.house.rooms", "form.people.0.day")] == [
        "number",
        "date",
    ]
    # A month as a date would become another day's.
    assert found["form.house.since"]["format"] == found["person.phone"]["format"] == "text"
    assert found["form.people.0.sex"]["choices"] == ["男", "女"]
    assert found["form.house.kinds"]["choices"] == []
    assert found["form.note"]["title"] == "说明"


def test_two_columns_are_never_taken_for_one() -> None:
    same = {"path": "a", "title": "b"}
    assert Column(**same) != Column(**same)  # type: ignore[arg-type]
