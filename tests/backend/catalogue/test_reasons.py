"""Each fault of an answer as its author reads it, and the formats that are ours."""

from typing import Any

import jsonschema_rs
import pytest

from backend.catalogue import formats, reasons
from backend.catalogue.formats import DECIMALS, NOT_BLANK
from backend.errors import InvalidParam

CHOICES = [{"const": f"c{n}", "title": f"第{n}"} for n in range(9)]
FORM: dict[str, Any] = {
    "type": "object",
    "required": ["must"],
    "additionalProperties": False,
    "properties": {
        "must": {"type": "string"},
        "text": {"type": "string", "maxLength": 3, "minLength": 1},
        "whole": {"type": "integer", "minimum": 2, "maximum": 4},
        "number": {"type": "number", DECIMALS: 2},
        "yes": {"type": "boolean"},
        "agreed": {"const": True},
        "seen": {"type": "string", "pattern": NOT_BLANK},
        "phone": {"type": "string", "pattern": "^1[0-9]{10}$"},
        "day": {"type": "string", "format": "date"},
        "id": {"type": "string", "format": "id-number"},
        "credit": {"type": "string", "format": "credit-code"},
        "file": {"type": "string", "format": "uuid"},
        "day_pattern": {"type": "string", "format": "date", "pattern": "^2"},
        "few": {"oneOf": CHOICES[:2]},
        "eight": {"oneOf": CHOICES[:8]},
        "nine": {"oneOf": CHOICES},
        "plain": {"enum": ["a", 2]},
        "list": {
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "uniqueItems": True,
            "items": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
            },
        },
        "odd": {"not": {"const": 1}},
        "nothing": {"type": ["null"]},
        "group": {"type": "object"},
    },
}
VALIDATOR = formats.compiled(FORM)


def told(form: dict[str, Any]) -> list[InvalidParam]:
    return [each for error in VALIDATOR.iter_errors(form) for each in reasons.of(error, FORM)]


def of(name: str, value: object) -> InvalidParam:
    [found] = told({"must": "x", name: value})
    assert found.name == name
    return found


@pytest.mark.parametrize(
    ("name", "value", "code", "reason"),
    [
        ("text", 1, "type", "应为文字"),
        ("whole", 2.5, "type", "应为整数"),
        ("number", "1", "type", "应为数字"),
        ("yes", "是", "type", "应为是或否"),
        ("list", {}, "type", "应为列表"),
        ("group", [], "type", "应为一组内容"),
        ("nothing", 1, "type", "应为其他类型"),
        ("text", "", "blank", "不能为空"),
        ("text", "一二三四", "max_length", "不能超过3个字"),
        ("whole", 1, "minimum", "不能小于2"),
        ("whole", 5, "maximum", "不能大于4"),
        ("number", 0.123, "decimals", "最多2位小数"),
        ("agreed", False, "not_agreed", "需要确认同意后才能提交"),
        ("seen", "  ", "blank", "不能为空"),
        ("phone", "139", "pattern", "格式不正确"),
        ("day", "2026-02-30", "date_invalid", "日期不存在，应为 YYYY-MM-DD"),
        ("day_pattern", "1999-01-01", "date_invalid", "日期不存在，应为 YYYY-MM-DD"),
        ("id", "110105194912310021", "id_number_invalid", "身份证号码有误，请核对"),
        ("credit", "11211300001200266P", "credit_code_invalid", "统一社会信用代码有误，请核对"),
        ("file", "x", "pattern", "格式不正确"),
        ("few", "x", "enum", "不在可选范围内，可选：第0、第1"),
        ("eight", "x", "enum", "不在可选范围内，可选：第0、第1、第2、第3、第4、第5、第6、第7"),
        ("nine", "x", "enum", "不在可选范围内，可选：第0、第1、第2、第3、第4、第5、第6、第7等"),
        ("plain", "b", "enum", "不在可选范围内"),
        ("list", [], "min_items", "至少填写1项"),
        ("list", [{"name": "a"}, {"name": "b"}, {"name": "c"}], "max_items", "最多填写2项"),
        ("list", [{"name": "a"}, {"name": "a"}], "duplicate", "有重复的项"),
        ("odd", 1, "invalid", "填写有误"),
    ],
)
def test_each_fault_has_a_code_and_a_sentence(
    name: str, value: object, code: str, reason: str
) -> None:
    found = of(name, value)
    assert (found.code, found.reason) == (code, reason)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("few", ("c0", "c1")), ("nine", tuple(f"c{n}" for n in range(9))), ("plain", ("a", "2"))],
)
def test_all_values_that_would_be_taken_are_told(name: str, allowed: tuple[str, ...]) -> None:
    assert of(name, "x").allowed == allowed


def test_other_faults_tell_no_values() -> None:
    assert of("text", "").allowed == ()


def test_what_is_missing_or_unknown_is_named_itself() -> None:
    assert told({}) == [InvalidParam("must", "required", "必填")]
    assert told({"must": "x", "a": 1, "b": 2}) == [
        InvalidParam("a", "unknown_field", "表单中没有这一项"),
        InvalidParam("b", "unknown_field", "表单中没有这一项"),
    ]


def test_inside_a_list_the_entry_is_named_by_its_number() -> None:
    found = told({"must": "x", "list": [{"name": "a"}, {"age": "1", "x": 1}]})

    assert {(each.name, each.code) for each in found} == {
        ("list.1.name", "required"),
        ("list.1.age", "type"),
        ("list.1.x", "unknown_field"),
    }


@pytest.mark.parametrize("number", [0, 1, -5, 0.1, 0.25, 12345678.99, 1e20, "0.123", True, None])
def test_so_many_decimals_are_taken_and_whatever_is_no_fraction(number: object) -> None:
    assert formats.compiled({DECIMALS: 2}).is_valid(number)


@pytest.mark.parametrize("number", [0.001, 0.125, -0.999, 1e-9])
def test_a_decimal_more_is_refused(number: float) -> None:
    assert not formats.compiled({DECIMALS: 2}).is_valid(number)


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", True),
        (" 11010519491231002X ", True),
        ("110105194912310021", False),
        ("11010519491331002X", False),
        ("", False),
        ("11010519491231002", False),
        ("１１０１０５19491231002X", False),
    ],
)
def test_an_id_number_is_one_however_it_is_typed(text: str, *, sound: bool) -> None:
    assert formats.is_id_number(text) is sound
    assert formats.compiled({"format": "id-number"}).is_valid(text) is sound


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        ("91350100M000100Y43", True),
        ("91350100M000100Y44", False),
        ("91350100M000100Y4", False),
        ("91350100M000100Y433", False),
        ("91350100m000100y43", False),
        ("19350100M000100Y43", False),
        ("91350100M0001O0Y43", False),
        ("", False),
    ],
)
def test_a_credit_code_has_the_check_of_its_standard(code: str, *, sound: bool) -> None:
    """The first is the example of GB 32100-2015 itself."""
    assert formats.is_credit_code(code) is sound
    assert formats.compiled({"format": "credit-code"}).is_valid(code) is sound


@pytest.mark.parametrize("schema", [{"type": "strnig"}, {"properties": []}, {"required": "a"}])
def test_a_schema_that_is_none_is_not_compiled(schema: dict[str, Any]) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        formats.compiled(schema)
