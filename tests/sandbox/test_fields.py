"""The field types, value by value (wechat.md 4.3)."""

from typing import Any

import pytest

from sandbox import fields, templates
from sandbox.options import Options, changed
from sandbox.templates import Template

GOOD = {
    "thing1": ["居住证明", "a" * 20, "一" * 20, "2号楼(东)", "Ａ～，。"],
    "number1": ["0", "-12", "3.14", "9" * 32],
    "letter1": ["abcXYZ", "a" * 32],
    "symbol1": ["+-*/%", "～！"],
    "character_string1": ["SY-2026/001 A", "~" * 32],
    "time1": [
        "09:42",
        "9:42:01",
        "2019年10月1日 15:01",
        "2019年10月1日15:01",
        "2026-11-23 09:42",
        "2026/11/23 23:59:59",
        "09:00~10:30",
        "2026-11-23 09:00~10:30",
        "2026-11-23 09:00 ~ 2026-11-24 10:30",
    ],
    "date1": [
        "2019年10月1日",
        "2018-01-01",
        "2018/01/01",
        "2018.01.01",
        "2018-01",
        "01-01",
        "2024-02-29",
        "2019-12-25 09:42",
        "2026-11-23~2026-11-25",
    ],
    "amount1": ["¥100", "100元", "0.50", "€12.5", "9999999999"],
    "phone_number1": ["+86-0766-66888866", "024 1234", "(024)123"],
    "car_number1": ["粤A8Z888挂", "辽A12345", "粤AD12345"],
    "name1": ["张三", "王*四", "Zhang San", "一" * 10, "x" * 20],
    "phrase1": ["已受理", "一二三四五"],
    "enum_string1": ["同意"],
}
BAD = {
    "thing1": ["a" * 21, "一" * 21, "一\n二", "a\tb", "好😀", "a\u2028b"],
    "number1": ["1,000", "１２", "1.", "x", "9" * 33, "1.5元"],
    "letter1": ["a1", "字", "a b", "a" * 33],
    "symbol1": ["a", "++++++", "字", "1"],
    "character_string1": ["编号1", "a" * 33, "é", "a\nb"],
    "time1": [
        "2026-11-23",
        "24:00",
        "09:60",
        "9",
        "2026-13-01 09:00",
        "2026-02-30 09:00",
        "2026-11-2309:00",
        "09:00～10:00",
        "09:00-10:00",
        "09:00~10:00~11:00",
        "09:00~",
        "上午9点",
    ],
    "date1": [
        "2019年13月1日",
        "20190101",
        "2023-02-29",
        "明天",
        "2018-01/01",
        "09:42",
        "2018-01-0",
    ],
    "amount1": ["¥¥1", "一百元", "12345678901", "1.元", "$"],
    "phone_number1": ["1" * 18, "电话123", "12a"],
    "car_number1": ["粤A8Z8888挂", "粤A字8", "A-123"],
    "name1": ["用户410774", "一" * 11, "x" * 21, "张" + "x" * 10],
    "phrase1": ["一二三四五六", "已受理1", "OK", "已 受理"],
    "enum_string1": ["别的"],
}


def template(key: str) -> Template:
    return Template("T", "t", "标题", 2, {key: "标签"}, {"enum_string1": ("同意", "不同意")})


def taken(key: str, value: str, **options: Any) -> bool:
    return fields.valid(template(key), key, value, changed(Options(), options))


@pytest.mark.parametrize("key", GOOD)
def test_good_values_are_taken(key: str) -> None:
    assert [value for value in GOOD[key] if not taken(key, value)] == []


@pytest.mark.parametrize("key", BAD)
def test_bad_values_are_refused(key: str) -> None:
    assert [value for value in BAD[key] if taken(key, value)] == []


@pytest.mark.parametrize(
    ("key", "value", "option"),
    [
        ("time1", "2026-11-23", {"date_only_time": "accept"}),
        ("thing1", "好😀", {"emoji_in_thing": "accept"}),
    ],
)
def test_what_is_unknown_can_be_taken_too(key: str, value: str, option: dict[str, str]) -> None:
    assert not taken(key, value)
    assert taken(key, value, **option)


def test_a_thing_may_be_counted_in_utf16() -> None:
    rare = "𠮷" * 11

    assert taken("thing1", rare)
    assert not taken("thing1", rare, thing_counts="utf16")


def test_the_type_of_a_key_is_what_stands_before_its_number() -> None:
    assert templates.kind("character_string10") == "character_string"
    with pytest.raises(ValueError, match="not a template key"):
        templates.kind("thing")
