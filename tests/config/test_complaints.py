"""What pydantic complains of, in words: one table, written by hand as people are to read it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from config import complaints
from config.complaints import TEXT_OR_BOOL


class Level(StrEnum):
    CITY = "city"
    STREET = "street"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str
    name: str


class Body(BaseModel):
    """A field for each thing that can be wrong with one."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    text: str = ""
    short: Annotated[str, Field(max_length=3)] = ""
    long: Annotated[str, Field(min_length=2)] = "xx"
    shape: Annotated[str, Field(pattern="^[0-9]+$")] = "1"
    number: int = 0
    fraction: float = 0
    least: Annotated[int, Field(ge=2)] = 2
    most: Annotated[int, Field(le=9)] = 9
    over: Annotated[int, Field(gt=2)] = 3
    under: Annotated[int, Field(lt=9)] = 8
    switch: bool = False
    few: Annotated[list[int], Field(max_length=1)] = []
    many: Annotated[list[int], Field(min_length=1)] = [1]
    id: UUID | None = None
    day: date | None = None
    level: Level = Level.CITY
    word: Literal["a", "b", "c"] = "a"
    names: dict[str, str] = {}
    inner: Inner | None = None
    inners: list[Inner] = []
    either: Annotated[str | bool, TEXT_OR_BOOL] = ""


class Pair(BaseModel):
    """Two fields of which one is nothing without the other."""

    first: str | None = None
    second: str | None = None

    @model_validator(mode="after")
    def _together(self) -> "Pair":
        if self.first and not self.second:
            raise complaints.lacking("second", beside="first")
        if self.second == "bad":
            raise ValueError("第二项不对 / the second is wrong")
        return self


def faults(model: type[BaseModel], given: Any) -> list[ErrorDetails]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(given)
    return refused.value.errors(include_url=False)


def fault(**given: Any) -> ErrorDetails:
    [found] = faults(Body, given)
    return found


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("text", 3, "应为文字 / must be text (put it in quotes)"),
        ("short", "abcd", "过长，最多 3 个字 / must have 3 characters or fewer"),
        ("long", "a", "过短，至少 2 个字 / must have 2 characters or more"),
        ("shape", "x", "格式不正确，须符合 ^[0-9]+$ / must look like ^[0-9]+$"),
        ("number", [], "应为整数 / must be a whole number"),
        ("number", "x", "应为整数 / must be a whole number"),
        ("number", 1.5, "应为整数 / must be a whole number"),
        ("number", "9" * 5000, "数字过大 / must be a smaller number"),
        ("fraction", [], "应为数字 / must be a number"),
        ("fraction", "x", "应为数字 / must be a number"),
        ("fraction", float("inf"), "应为数字 / must be a number"),
        ("least", 1, "超出允许的范围，不能小于 2 / must not be less than 2"),
        ("most", 10, "超出允许的范围，不能大于 9 / must not be more than 9"),
        ("over", 2, "超出允许的范围，须大于 2 / must be more than 2"),
        ("under", 9, "超出允许的范围，须小于 9 / must be less than 9"),
        ("switch", [], "应为是或否 / must be true or false"),
        ("switch", "perhaps", "应为是或否 / must be true or false"),
        ("few", [1, 2], "项目过多，最多 1 项 / must have 1 entries or fewer"),
        ("few", 1, "应为列表 / must be a list"),
        ("many", [], "项目过少，至少 1 项 / must have 1 entries or more"),
        ("id", 1, "编号格式不正确 / must be a UUID"),
        ("id", "x", "编号格式不正确 / must be a UUID"),
        ("day", [], "日期格式应为 YYYY-MM-DD / must be a date, YYYY-MM-DD"),
        ("day", "soon", "日期格式应为 YYYY-MM-DD / must be a date, YYYY-MM-DD"),
        ("day", "2026-01-01T01:00", "日期格式应为 YYYY-MM-DD / must be a date, YYYY-MM-DD"),
        ("level", "x", "不在可选范围内，可选 'city'、'street' / must be 'city' or 'street'"),
        ("word", "x", "不在可选范围内，可选 'a'、'b'、'c' / must be 'a', 'b' or 'c'"),
        ("names", [], "应为对象 / must be a mapping of names to values"),
        ("inner", 1, "应为对象 / must be a mapping of names to values"),
        ("either", 3, "应为文字，或是、否 / must be text, or true or false"),
        ("nobody", 1, "不认识的字段 / there is no such key"),
    ],
)
def test_each_complaint_is_told_in_both_languages(name: str, value: object, said: str) -> None:
    assert complaints.both(fault(**{name: value})) == said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("shape", "x", "格式不正确"),
        ("level", "x", "不在可选范围内"),
        ("short", "abcd", "过长，最多 3 个字"),
        ("least", 1, "超出允许的范围，不能小于 2"),
    ],
)
def test_a_resident_reads_chinese_and_no_pattern(name: str, value: object, said: str) -> None:
    found = fault(**{name: value})
    assert complaints.chinese(found["type"], found.get("ctx")) == said


def test_what_no_table_knows_is_still_told() -> None:
    assert complaints.chinese("never_heard_of") == "填写有误"
    unknown = ErrorDetails(type="never_heard_of", loc=("a",), msg="", input=1)
    assert complaints.both(unknown) == "填写有误 / cannot be taken"
    assert complaints.chinese("blank") == "不能为空"


def test_the_values_that_would_be_taken_are_listed_without_their_quotes() -> None:
    assert complaints.allowed(fault(word="x")["ctx"]) == ("a", "b", "c")
    assert complaints.allowed(fault(level="x")["ctx"]) == ("city", "street")
    assert complaints.allowed({"le": 3}) == ()
    assert complaints.allowed() == ()


def test_what_is_not_given_beside_another_is_named_as_its_field() -> None:
    [found] = faults(Pair, {"first": "x"})

    assert complaints.both(found) == "须与 first 同时给出 / must be given beside first"
    assert complaints.chinese(found["type"], found["ctx"]) == "须与 first 同时给出"
    assert complaints.place(found) == "second"
    assert complaints.place(found, top="row") == "second"


def test_a_sentence_of_a_validator_of_ours_is_taken_at_its_word() -> None:
    [found] = faults(Pair, {"second": "bad"})

    assert complaints.both(found) == "第二项不对 / the second is wrong"
    assert complaints.place(found) == ""
    assert complaints.place(found, top="row") == "row"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"text": 1}, "text"),
        ({"few": ["x"]}, "few.0"),
        ({"names": {"": 1}}, 'names.""'),
        ({"inners": [{"code": "a", "name": 1}]}, "inners.0.name"),
    ],
)
def test_a_place_is_a_dotted_name(given: dict[str, Any], place: str) -> None:
    [found] = faults(Body, given)
    assert complaints.place(found, top="never") == place


MEANT = "不认识的字段，是否为 {0}？ / there is no such key; did you mean {0}?"
REQUIRED = "必填 / must be given"
UNKNOWN = "不认识的字段 / there is no such key"


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        # Misspelt: one fault, of the key that is there.
        ({"code": "a", "nmae": "b"}, {"inner.nmae": MEANT.format("name")}),
        # Not alike, but the only one of its kind.
        ({"code": "a", "x": "b"}, {"inner.x": MEANT.format("name")}),
        # Two unknown keys, one missing: only the one alike is taken for it.
        (
            {"code": "a", "nmae": "b", "x": "c"},
            {"inner.nmae": MEANT.format("name"), "inner.x": UNKNOWN},
        ),
        # Two unknown ones, neither alike.
        (
            {"code": "a", "x": "b", "y": "c"},
            {"inner.name": REQUIRED, "inner.x": UNKNOWN, "inner.y": UNKNOWN},
        ),
        # Two missing, one unknown that is like neither.
        ({"x": "b"}, {"inner.code": REQUIRED, "inner.name": REQUIRED, "inner.x": UNKNOWN}),
        # Two missing, one of them meant.
        ({"cod": "b"}, {"inner.cod": MEANT.format("code"), "inner.name": REQUIRED}),
        # One missing alone; one unknown alone.
        ({"code": "a"}, {"inner.name": REQUIRED}),
        ({"code": "a", "name": "b", "x": "c"}, {"inner.x": UNKNOWN}),
        # Nothing at all is one fault, of the whole.
        ({}, {"inner": "是空的 / is empty"}),
        ({"code": 1, "name": "b"}, {"inner.code": "应为文字 / must be text (put it in quotes)"}),
    ],
)
def test_a_slip_of_a_row_is_told_once(inner: dict[str, Any], told: dict[str, str]) -> None:
    found = list(complaints.each(faults(Body, {"inner": inner})))

    assert {complaints.place(each): said for each, said in found} == told
    assert len(found) == len(told)


def test_a_key_is_only_taken_for_one_that_is_missing_beside_it() -> None:
    given = {"inners": [{"code": "a"}, {"code": "b", "name": "c", "nmae": "d"}]}

    found = list(complaints.each(faults(Body, given)))

    assert [(complaints.place(each), said) for each, said in found] == [
        ("inners.0.name", REQUIRED),
        ("inners.1.nmae", UNKNOWN),
    ]


def test_two_empty_rows_are_two_faults() -> None:
    found = list(complaints.each(faults(Body, {"inners": [{}, {}]})))

    assert [complaints.place(each) for each, _ in found] == ["inners.0", "inners.1"]


def test_an_empty_mapping_where_a_text_belongs_is_no_empty_row() -> None:
    [(found, said)] = complaints.each(faults(Body, {"text": {}}))

    assert (complaints.place(found), found["type"]) == ("text", "string_type")
    assert said == "应为文字 / must be text (put it in quotes)"
