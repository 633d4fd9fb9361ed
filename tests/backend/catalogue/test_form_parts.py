"""A form made of blocks, rules and questions, and the papers beside it: on rows of a few words."""

from typing import Any

import pytest

from backend.catalogue import formats
from backend.catalogue.loading import negative_list, rules, schemas
from backend.catalogue.loading.fault import Strange, strange
from backend.catalogue.loading.negative_list import Proof
from backend.catalogue.loading.parts import Parts
from backend.catalogue.loading.rows import Block, Form, Material, Question, Rule

TEXT = {"title": "题", "kind": "text"}
YES = {"title": "是否", "kind": "yes_no"}
CHOICE = {"title": "选择", "one": {"a": "甲", "b": "乙"}}


def block(questions: dict[str, Any], **given: Any) -> Block:
    return Block.model_validate({"title": "组", "questions": questions} | given)


BLOCKS = {
    "person": block({"name": TEXT, "job": TEXT | {"optional": True}}),
    "account": block({"bank": TEXT}, key="bank_account", carried=True, about="bank"),
    "extra": block({"note": TEXT | {"optional": True}}),
    "married": block(
        {"married": YES, "since": TEXT | {"optional": True}},
        rules=[{"when": {"married": [True]}, "require": ["since"]}],
    ),
    "reason": block({"why": CHOICE, "other": TEXT | {"optional": True}}, inline=True),
    "helped": block({"name": TEXT}, optional_blocks=["account"]),
    "agent": block(
        {"relation": TEXT | {"optional": True}},
        rules=[{"when_form_has": "person", "require": ["relation"]}],
        profile_unless="agent",
        sensitive=True,
        note="代办人填写",
    ),
}


def parts(*names: str, **given: Any) -> Parts:
    return Parts(BLOCKS, Form.model_validate({"blocks": [*names]} | given))


def schema(*names: str, **given: Any) -> dict[str, Any]:
    made = schemas.form_schema("事项", parts(*names, **given))
    formats.compiled(made).validate(made["examples"][0])
    return made


def test_a_block_stands_under_its_key_and_an_inline_one_at_the_top() -> None:
    made = schema("person", "account", "reason", questions={"own": TEXT})

    assert list(made["properties"]) == ["person", "bank_account", "why", "other", "own"]
    assert made["required"] == ["person", "bank_account", "why", "own"]
    assert made["additionalProperties"] is False
    assert made["properties"]["person"]["required"] == ["name"]


def test_a_block_that_asks_for_nothing_or_is_optional_need_not_be_there() -> None:
    found = parts("person", "extra", optional_blocks=["account"])

    assert found.optional == {"extra", "bank_account"}
    assert schema("person", "extra", optional_blocks=["account"])["required"] == ["person"]


def test_a_block_brings_its_own_optional_ones_along() -> None:
    made = schema("helped")

    assert list(made["properties"]) == ["helped", "bank_account"]
    assert made["required"] == ["helped"]


def test_what_is_carried_over_and_of_whom_it_tells_is_said_by_the_blocks_name() -> None:
    made = schema("person", "account")["properties"]

    assert made["bank_account"]["x-carried"] == "account"
    assert made["bank_account"]["x-about"] == "bank"
    assert "x-carried" not in made["person"]


def test_a_block_says_what_it_notes_and_who_fills_it_in() -> None:
    made = schemas.block_schema(BLOCKS["agent"])

    assert (made["title"], made["description"]) == ("组", "代办人填写")
    assert made["x-profile-unless"] == "agent"
    assert made["properties"]["relation"]["x-sensitive"] is True
    assert "x-sensitive" not in schemas.block_schema(BLOCKS["person"])["properties"]["name"]


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ({"married": True, "since": "2020"}, True),
        ({"married": True}, False),
        ({"married": False}, True),
        ({}, False),
    ],
)
def test_one_answer_asks_for_another_inside_its_block(
    answers: dict[str, Any], *, taken: bool
) -> None:
    assert formats.compiled(schema("married")).is_valid({"married": answers}) is taken


TOP = [{"when": {"why": ["b"]}, "require": ["other", "bank_account"]}]


@pytest.mark.parametrize(
    ("answers", "taken"),
    [
        ({"why": "a"}, True),
        ({"why": "b"}, False),
        ({"why": "b", "other": "x"}, False),
        ({"why": "b", "other": "x", "bank_account": {"bank": "x"}}, True),
    ],
)
def test_one_answer_asks_for_others_and_for_blocks_of_the_whole_form(
    answers: dict[str, Any], *, taken: bool
) -> None:
    made = schema("reason", optional_blocks=["account"], rules=TOP)
    assert formats.compiled(made).is_valid(answers) is taken


def test_an_example_follows_the_rules_that_it_meets() -> None:
    rule = [{"when": {"why": ["a"]}, "require": ["other", "bank_account"]}]
    made = schema("reason", optional_blocks=["account"], rules=rule)

    assert made["examples"] == [{"why": "a", "other": "示例", "bank_account": {"bank": "示例"}}]
    assert schema("reason")["examples"] == [{"why": "a"}]
    assert schemas.block_example(BLOCKS["married"]) == {"married": False}


def test_one_block_asks_for_an_answer_of_another_only_where_both_are_there() -> None:
    made = formats.compiled(schema("person", optional_blocks=["agent"]))

    person = {"person": {"name": "x"}}
    assert not made.is_valid(person)  # the form has the person, so the agent must say
    assert made.is_valid(person | {"agent": {"relation": "x"}})
    assert not made.is_valid(person | {"agent": {}})
    assert parts("reason", optional_blocks=["agent"]).applying() == []


QUESTIONS = {
    "why": Question.model_validate(CHOICE),
    "sure": Question.model_validate(YES),
    "free": Question.model_validate(TEXT),
}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"when": {"why": ["a", "b"]}, "require": ["free"]}, []),
        ({"when": {"sure": [True, False]}, "require": ["extra"]}, []),
        ({"when": {"free": ["whatever", True]}, "require": ["why"]}, []),
        ({"when_form_has": "agent", "require": ["why"]}, []),
        (
            {"when": {"why": ["a"]}, "require": ["free", "nobody"]},
            [("rules", 0, "require", 1)],
        ),
        ({"when": {"nobody": ["a"]}, "require": ["free"]}, [("rules", 0, "when", "nobody")]),
        ({"when": {"why": ["c"]}, "require": ["free"]}, [("rules", 0, "when", "why")]),
        ({"when": {"why": [True]}, "require": ["free"]}, [("rules", 0, "when", "why")]),
        ({"when": {"sure": ["yes"]}, "require": ["free"]}, [("rules", 0, "when", "sure")]),
        ({"when_form_has": "person", "require": ["why"]}, [("rules", 0, "when_form_has")]),
        (
            {"when": {"nobody": ["a"], "why": ["c", "d"]}, "require": ["x"]},
            [
                ("rules", 0, "require", 0),
                ("rules", 0, "when", "nobody"),
                ("rules", 0, "when", "why"),
                ("rules", 0, "when", "why"),
            ],
        ),
    ],
)
def test_what_a_rule_names_must_be_there(rule: dict[str, Any], told: list[tuple[Any, ...]]) -> None:
    found = rules.faults(
        [Rule.model_validate(rule)],
        questions=QUESTIONS,
        blocks={"extra"},
        keys={"agent"},
        at=("rules",),
    )
    assert [fault.path for fault in found] == told


@pytest.mark.parametrize(
    ("names", "known", "places"),
    [
        (["a", "b"], {"a", "b"}, []),
        (["a", "x", "b", "y"], {"a", "b"}, [1, 3]),
        # Where nothing at all is known another file is at fault.
        (["a"], set(), []),
        ([], {"a"}, []),
    ],
)
def test_each_name_that_is_not_known_is_told_with_its_place(
    names: list[str], known: set[str], places: list[int]
) -> None:
    found = list(strange(("blocks",), names, known, said="没有 {}"))

    assert [each.path for each in found] == [("blocks", place) for place in places]
    assert all(isinstance(each, Strange) for each in found)
    assert [each.reason for each in found] == [f"blocks: 没有 {names[place]}" for place in places]


PROOFS = {
    "亲属关系证明": Proof(words=["亲属关系证明", "亲属关系"]),
    "婚姻状况证明": Proof(words=["单身证明"], never=True),
}


def paper(name: str, source: str = "公安机关") -> Material:
    return Material(name=name, kind="证明", source=source, reusable=False)


@pytest.mark.parametrize(
    ("name", "source", "path"),
    [
        ("居民身份证", "社区", None),
        ("亲属关系证明", "公安机关", None),
        ("亲属关系证明", "社区居委会", "source"),
        ("亲 属 关 系（材料）", "有关单位", "source"),
        ("親屬關係證明", "村委会", "source"),
        ("单身证明", "公安机关", "name"),
        ("单身证明", "社区", "name"),
    ],
)
def test_a_proof_that_no_committee_may_issue_is_asked_of_who_may(
    name: str, source: str, path: str | None
) -> None:
    found = [fault.path for fault in negative_list.faults(paper(name, source), PROOFS)]
    assert found == ([(path,)] if path else [])
