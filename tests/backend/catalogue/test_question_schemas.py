"""What each kind of question becomes, what its example is, and what the files may say of it."""

from typing import Any

import pytest
from pydantic import ValidationError

from backend.catalogue import formats
from backend.catalogue.formats import DECIMALS, NOT_BLANK
from backend.catalogue.loading import deliveries, questions, steps
from backend.catalogue.loading.condition_rows import Ages, ConditionRule, Numbered, Window
from backend.catalogue.loading.rows import Block, Charge, Pause, Question, Requirement, Rule

CHOICES = {"a": "甲", "b": "乙"}


def question(**given: Any) -> Question:
    return Question.model_validate({"title": "题"} | given)


def schema(**given: Any) -> dict[str, Any]:
    made = questions.question_schema(question(**given))
    assert made.pop("title") == "题"
    return made


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (
            {"kind": "text"},
            {"type": "string", "minLength": 1, "maxLength": 100, "pattern": NOT_BLANK},
        ),
        (
            {"kind": "text", "max": 20},
            {"type": "string", "minLength": 1, "maxLength": 20, "pattern": NOT_BLANK},
        ),
        ({"kind": "yes_no"}, {"type": "boolean"}),
        ({"kind": "agreed"}, {"type": "boolean", "const": True}),
        ({"kind": "whole"}, {"type": "integer", "minimum": 0, "maximum": 1_000_000}),
        ({"kind": "whole", "min": 2, "max": 0}, {"type": "integer", "minimum": 2, "maximum": 0}),
        ({"kind": "number", "min": -1.5}, {"type": "number", "minimum": -1.5, "maximum": 10**8}),
        (
            {"kind": "money"},
            {"type": "number", "minimum": 0, "maximum": 100_000_000, DECIMALS: 2},
        ),
        (
            {"one": CHOICES},
            {
                "type": "string",
                "oneOf": [{"const": "a", "title": "甲"}, {"const": "b", "title": "乙"}],
            },
        ),
    ],
)
def test_a_question_becomes_the_schema_of_its_answer(
    given: dict[str, Any], made: dict[str, Any]
) -> None:
    found = schema(**given)
    assert found == made
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in made.items()
    }


def test_of_many_each_may_be_chosen_once() -> None:
    made = schema(many=CHOICES)

    assert (made["minItems"], made["maxItems"], made["uniqueItems"]) == (1, 2, True)
    assert [each["const"] for each in made["items"]["oneOf"]] == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "least", "most"), [({}, 0, 20), ({"min": 2}, 2, 20), ({"min": 1, "max": 3}, 1, 3)]
)
def test_a_list_has_entries_of_its_questions_and_a_limit(
    given: dict[str, Any], least: int, most: int
) -> None:
    entry = {"name": {"title": "姓名", "kind": "name"}, "job": {"title": "职业", "kind": "text"}}
    entry["job"]["optional"] = True  # type: ignore[assignment]
    made = schema(list=entry, **given)

    assert (made["minItems"], made["maxItems"]) == (least, most)
    assert made["items"]["required"] == ["name"]
    assert made["items"]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("given", "extra"),
    [
        ({"kind": "name"}, {"x-mask": "name"}),
        ({"kind": "mobile"}, {"x-mask": "phone"}),
        ({"kind": "phone"}, {"x-mask": "phone"}),
        ({"kind": "id_number"}, {"x-mask": "id_number"}),
        ({"kind": "bank_account"}, {"x-mask": "bank_account"}),
        # Where a case is is shown, where somebody lives is not.
        ({"kind": "address"}, {}),
        (
            {"kind": "address", "profile": "address"},
            {
                "x-mask": "address",
                "x-profile": "address",
                "description": "由系统按账户资料自动带出，可不填",
            },
        ),
        ({"kind": "text", "help": "请如实填写"}, {"description": "请如实填写"}),
        (
            {"kind": "text", "help": "请如实填写", "profile": "name"},
            {"description": "请如实填写", "x-profile": "name"},
        ),
        ({"kind": "text", "passing": True}, {"x-passing": True}),
        ({"one": CHOICES}, {}),
    ],
)
def test_what_is_said_of_an_answer_besides_its_shape(
    given: dict[str, Any], extra: dict[str, Any]
) -> None:
    made = schema(**given)
    besides = {"description", "x-mask", "x-profile", "x-passing", "x-sensitive"}
    assert {name: value for name, value in made.items() if name in besides} == extra
    sensitive = questions.question_schema(question(**given), sensitive=True)
    assert sensitive == {"title": "题"} | made | {"x-sensitive": True}


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, True),
        ({"optional": True}, False),
        ({"profile": "name"}, False),
        ({"profile": "name", "needed": True}, True),
        ({"profile": "name", "needed": True, "optional": True}, False),
    ],
)
def test_an_answer_must_be_there_unless_it_is_optional_or_known(
    given: dict[str, Any], *, asked: bool
) -> None:
    found = question(kind="text", **given)
    assert questions.asked(found) is asked
    assert questions.object_schema({"a": found})["required"] == (["a"] if asked else [])


KINDS = (
    "name text long address phone mobile id_number credit_code bank_account community date month"
    " whole number money yes_no agreed"
)
NARROW = [
    {"kind": "text", "max": 1},
    {"kind": "long", "max": 3},
    {"kind": "address", "max": 5},
    {"kind": "whole", "min": 5, "max": 9},
    {"kind": "whole", "min": -5, "max": 0},
    {"kind": "number", "max": 0.5},
    {"kind": "money", "max": 0},
    {"one": CHOICES},
    {"many": CHOICES},
    {"list": {"name": {"title": "姓名", "kind": "name"}}},
    {"list": {"name": {"title": "姓名", "kind": "name"}}, "min": 2, "max": 3},
    {"list": {"name": {"title": "姓名", "kind": "name"}}, "max": 1},
]


@pytest.mark.parametrize("given", [*({"kind": kind} for kind in KINDS.split()), *NARROW], ids=str)
def test_the_example_of_a_question_is_an_answer_to_it(given: dict[str, Any]) -> None:
    """Else a load would blame the city's file for what we made up."""
    found = question(**given)
    formats.compiled(questions.question_schema(found)).validate(questions.example(found))


@pytest.mark.parametrize(
    ("row", "given", "said"),
    [
        (Question, {"title": "题"}, "须有且只有其一"),
        (Question, {"title": "题", "kind": "text", "one": CHOICES}, "须有且只有其一"),
        (Question, {"title": "题", "kind": "text", "needed": True}, "needed 只用于 profile 栏"),
        (Rule, {"require": ["a"]}, "须有且只有其一"),
        (Rule, {"require": ["a"], "when": {"b": ["x"]}, "when_form_has": "c"}, "须有且只有其一"),
        (Block, {"title": "组", "questions": {}, "about": "a"}, "about 须是 carried 模块的一栏"),
        (
            Block,
            {"title": "组", "questions": {}, "about": "a", "carried": True},
            "about 须是 carried 模块的一栏",
        ),
        (Charge, {"name": "工本费"}, "须写金额，或说明由谁定价"),
        (Pause, {"kind": "visit", "name": "入户", "basis": "法", "max_days": 5}, "应写在 requires"),
        (Requirement, {"kind": "hearing", "name": "听证"}, "应写在 pauses"),
        (Requirement, {"kind": "publicity"}, "公示须写明天数"),
        (Requirement, {"kind": "visit", "name": "入户", "days": 3}, "只有公示可写天数"),
        (Requirement, {"kind": "visit"}, "须写明名称"),
        (Ages, {"of": "a"}, "须写 min 或 max"),
        (Ages, {"of": "a", "min": 60, "max": 18}, "min 大于 max"),
        (Numbered, {"of": "a", "min": 1, "max": 0.5}, "min 大于 max"),
        (Window, {"from": "02-30", "to": "03-01"}, "没有这一天"),
        (Window, {"from": "03-01", "to": "04-31"}, "没有这一天"),
        (ConditionRule, {}, "须有且只有其一"),
        (
            ConditionRule,
            {"sex": {"of": "a", "is": "male"}, "age": {"of": "a", "min": 1}},
            "须有且只有其一",
        ),
    ],
)
def test_what_a_row_may_not_say_is_one_sentence(row: Any, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        row.model_validate(given)
    [fault] = refused.value.errors()
    assert said in str(fault["ctx"]["error"])
    assert " / " in str(fault["ctx"]["error"])


@pytest.mark.parametrize(
    ("row", "given"),
    [
        (Ages, {"of": "a", "min": 18, "max": 18}),
        (Numbered, {"of": "a", "max": -3}),
        (Window, {"from": "02-29", "to": "02-29"}),
        (Window, {"from": "11-01", "to": "02-28"}),
        (Requirement, {"kind": "publicity", "days": 7}),
        (Requirement, {"kind": "result", "name": "证明"}),
        (Charge, {"name": "工本费", "yuan": 0}),
        (Charge, {"name": "工本费", "note": "由检测机构定价"}),
        (ConditionRule, {"any": [{"sex": {"of": "a", "is": "male"}}] * 2}),
    ],
)
def test_what_stands_at_the_edge_is_taken(row: Any, given: dict[str, Any]) -> None:
    row.model_validate(given)


def delivery(*choices: str) -> Block:
    one = dict.fromkeys(choices, "方式")
    return Block.model_validate(
        {"title": "领取", "questions": {"method": {"title": "方式", "one": one}}}
    )


def test_results_are_delivered_as_the_form_lets_one_choose_in_our_order() -> None:
    assert deliveries.offered({"delivery": delivery("post", "pickup")}) == ["pickup", "post"]
    assert deliveries.offered({"delivery": delivery("electronic", "fax")}) == ["electronic"]
    # Where no form asks, and where it is another block that does.
    assert deliveries.offered({}) == ["pickup"]
    assert deliveries.offered({"other": delivery("post", "electronic")}) == ["pickup"]
    [fault] = deliveries.faults("delivery", delivery("post", "fax"))
    assert fault.path == ("questions", "method", "one", "fax")
    assert list(deliveries.faults("other", delivery("post", "fax"))) == []


@pytest.mark.parametrize(
    ("days", "number", "shared"),
    [
        (0, 1, [0]),
        (1, 1, [1]),
        (20, 1, [20]),
        (1, 2, [0, 1]),
        (2, 2, [1, 1]),
        (10, 2, [3, 7]),
        (2, 3, [0, 1, 1]),
        (3, 3, [1, 1, 1]),
        (20, 3, [4, 7, 9]),
        (20, 4, [3, 5, 6, 6]),
    ],
)
def test_days_are_shared_so_that_they_add_up(days: int, number: int, shared: list[int]) -> None:
    found = steps.split(days, number)
    assert sum(found) == days
    assert found == shared
