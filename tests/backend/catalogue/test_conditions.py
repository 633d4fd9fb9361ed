"""What a rule tells of an application, and which rules no file may have."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogue import conditions
from backend.catalogue.conditions import Facts
from backend.catalogue.refusals import ConditionUnmet
from sandbox.actors import id_number
from tests.backend.catalogue.examples import items, version
from tests.backend.catalogue.test_every_fault import built_in, city, told

TODAY = date(2026, 11, 26)
HERE = "210102001001"
EMPTY: dict[str, Any] = {
    "path": None, "min": None, "max": None, "values": [], "windows": [], "rules": [],
}  # fmt: skip
NUMBER = "applicant.id_number"
FORM: dict[str, Any] = {"properties": {}}
BY_AGENT = "（为他人办理的，请填写代办人）"


def holds(rule: dict[str, Any], form: dict[str, Any], day: date = TODAY) -> bool | None:
    """What the rule says; what it does not name of itself is empty."""
    (demand,) = conditions.demands([{"text": "条件", "rule": whole(rule)}], FORM)
    return demand.test(Facts(form, day, HERE))


def whole(rule: dict[str, Any]) -> Any:
    return EMPTY | rule | {"rules": [whole(inner) for inner in rule.get("rules", [])]}


def born(day: date, *, male: bool = False) -> dict[str, Any]:
    """The form of somebody born on this day."""
    while int((number := id_number(born=day))[16]) % 2 != male:
        pass
    return {"applicant": {"id_number": number}}


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(1946, 11, 26), True),
        (date(1946, 11, 27), False),
        (date(1979, 3, 1), False),
        (date(1900, 1, 1), True),
    ],
)
def test_an_age_is_counted_in_full_years_on_the_day_of_submission(
    birth: date, *, expected: bool
) -> None:
    assert holds({"kind": "age", "path": NUMBER, "min": 80}, born(birth)) is expected


def test_who_was_born_on_29_february_is_older_on_1_march() -> None:
    rule = {"kind": "age", "path": NUMBER, "min": 18}

    assert holds(rule, born(date(2008, 2, 29)), date(2026, 2, 28)) is False
    assert holds(rule, born(date(2008, 2, 29)), date(2026, 3, 1)) is True


def test_an_age_within_the_year_is_that_of_its_end() -> None:
    rule = {"kind": "age_in_year", "path": NUMBER, "min": 18}

    assert holds(rule, born(date(2008, 12, 31)), date(2026, 1, 1)) is True
    assert holds(rule, born(date(2009, 1, 1)), date(2026, 12, 31)) is False


@given(day=st.dates(date(1900, 1, 1), TODAY), age=st.integers(0, 130))
def test_everybody_is_either_younger_or_as_old(day: date, age: int) -> None:
    form = {"applicant": {"id_number": id_number(born=day)}}

    older = holds({"kind": "age", "path": NUMBER, "min": age}, form)
    younger = holds({"kind": "age", "path": NUMBER, "max": age - 1}, form)

    assert older is not younger


def test_what_is_not_known_refuses_nobody() -> None:
    age = {"kind": "age", "path": NUMBER, "min": 80}
    answer = {"kind": "answer", "path": "band", "values": ["old"]}

    forms: list[dict[str, Any]] = [{}, {"applicant": {}}, {"applicant": "x"}]
    for form in forms:
        assert holds(age, form) is None
    assert holds({"kind": "any", "rules": [answer, age]}, {"band": "young"}) is None
    assert holds({"kind": "any", "rules": [answer, age]}, {"band": "old"}) is True
    conditions.check(
        conditions.demands([{"text": "八十", "rule": whole(age)}], FORM), Facts({}, TODAY, HERE)
    )


@pytest.mark.parametrize(
    ("windows", "day", "expected"),
    [
        ([("10-01", "12-31")], date(2026, 10, 1), True),
        ([("10-01", "12-31")], date(2026, 12, 31), True),
        ([("10-01", "12-31")], date(2026, 9, 30), False),
        ([("11-01", "03-31")], date(2026, 1, 15), True),
        ([("11-01", "03-31")], date(2026, 3, 31), True),
        ([("11-01", "03-31")], date(2026, 4, 1), False),
        ([("06-01", "06-30"), ("12-01", "12-31")], date(2026, 12, 5), True),
        ([("06-01", "06-30"), ("12-01", "12-31")], date(2026, 7, 1), False),
        ([("02-01", "02-29")], date(2028, 2, 29), True),
    ],
)
def test_a_season_has_both_its_ends_and_may_run_over_the_new_year(
    windows: list[tuple[str, str]], day: date, *, expected: bool
) -> None:
    rule = {"kind": "season", "windows": [{"from": one, "to": other} for one, other in windows]}

    assert holds(rule, {}, day) is expected


@pytest.mark.parametrize(
    ("given_on", "expected"),
    [("2024-11-26", True), ("2024-11-25", False), ("2024-11", True), ("2024-10", False)],
)
def test_a_date_is_within_months_and_a_month_counts_to_its_end(
    given_on: str, *, expected: bool
) -> None:
    assert holds({"kind": "within", "path": "on", "max": 24}, {"on": given_on}) is expected


def test_sex_answer_number_and_district_are_told() -> None:
    sex = {"kind": "sex", "path": NUMBER, "values": ["female"]}
    assert holds(sex, born(TODAY)) is True
    assert holds(sex, born(TODAY, male=True)) is False
    answer = {"kind": "answer", "path": "a.b", "values": ["x", True]}
    assert [holds(answer, {"a": {"b": each}}) for each in ("x", True, "y")] == [True, True, False]
    number = {"kind": "number", "path": "n", "min": 12, "max": 13}
    assert [holds(number, {"n": each}) for each in (11, 12, 13, 13.5)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert holds({"kind": "district", "values": ["210102000000"]}, {}) is True
    assert holds({"kind": "district", "values": ["210103000000"]}, {}) is False


def test_a_refusal_names_each_condition_and_its_field() -> None:
    form = born(date(1979, 3, 1)) | {"elder": {"ability": "dependent"}}

    with pytest.raises(ConditionUnmet) as refused:
        conditions.check(version("FW-MZ-004").demands, Facts(form, TODAY, HERE))

    assert refused.value.detail == f"不符合办理条件：年满60周岁{BY_AGENT}；生活能自理或部分自理"
    assert [(each.name, each.code) for each in refused.value.invalid_params] == [
        ("form.applicant.id_number", "condition_unmet"),
        ("form.elder.ability", "condition_unmet"),
    ]


def test_who_files_for_another_is_told_of_the_agent_once() -> None:
    form = born(date(1979, 3, 1)) | {"agent": {"name": "张三"}}

    with pytest.raises(ConditionUnmet) as refused:
        conditions.check(version("SP-MZ-010").demands, Facts(form, TODAY, HERE))

    assert refused.value.detail == "不符合办理条件：年满80周岁"


@pytest.mark.parametrize(
    ("subject", "refused"),
    [
        ("无犯罪记录证明", True),
        ("本人健在", True),
        ("在本社区居住情况", False),
        ("在本社区居住、就餐的情况", False),
        ("亲 属 关 系", True),
        ("亲属\u3000关系证明", True),
        ("亲,属关系证明", True),
        ("健·在证明", True),
        ("無犯罪記錄證明", True),
        ("市場主體住所", True),
        ("無犯罪記録証明", True),
        ("経営場所証明", True),
        ("戸籍変更証明", True),
        ("住所（经营场所）证明", True),
        ("健\u200b在", True),
        ("⽆犯罪", True),
        ("健\u0301在", True),
        ("单 身证明", True),
        ("单\u3164身\u200d证\u115f明\uffa0", True),
        ("良 民 证", True),
        ("未受过刑事 处罚证明", True),
    ],
)
def test_a_committee_is_not_asked_for_a_proof_of_the_negative_list(
    subject: str, *, refused: bool
) -> None:
    tests = [demand.test for demand in version("FW-MZ-011").demands]

    assert [test(Facts({"subject": subject}, TODAY, HERE)) for test in tests] == [not refused]


def test_every_age_and_season_that_a_sentence_tells_is_told_by_a_rule() -> None:
    kinds = [
        rule["kind"]
        for item in items().values()
        for each in item.fields["guide"]["conditions"]
        if (rule := each["rule"])
    ]

    assert (kinds.count("age"), kinds.count("season")) == (24, 18)


AGED = "rule: {age: {of: applicant.id_number, min: 80}}"


@pytest.mark.parametrize(
    ("text", "replacement", "reason"),
    [
        (f"    {AGED}\n", "", "conditions: “年满80周岁”写了年龄，须有规则"),
        ("    rule: {season: [{from: 10-01, to: 12-31}]}\n", "", "season: 写了月份"),
        (AGED, AGED.replace("id_number", "age"), "conditions: 表单没有这一栏"),
        (AGED, AGED.replace("id_number", "name"), "conditions: 这一栏不能这样判断"),
        (AGED, "rule: {age: {of: applicant.id_number}}", "conditions.1.rule.age: 须写 min 或 max"),
        (AGED, "rule: {age: {of: applicant.id_number, min: 9, max: 8}}",
         "conditions.1.rule.age: min 大于 max"),
        (AGED, "rule: {height: {min: 9}}", "conditions.1.rule.height: 不认识的字段"),
        (AGED, "rule: {}", "conditions.1.rule: 须有且只有其一"),
        ("is: [independent, partial]}", "is: [independent, part]}", "conditions: 没有这个选项"),
        ("from: 10-01", "from: 02-30", "conditions.1.rule.season.0: 没有这一天"),
        ("from: 10-01", "from: 13-01", "conditions.1.rule.season.0.from: 格式不正确"),
    ],
)  # fmt: skip
def test_a_rule_that_tells_nothing_is_refused(
    tmp_path: Path, text: str, replacement: str, reason: str
) -> None:
    before = built_in("items/MZ.yaml")
    assert text in before

    found = told(city(tmp_path, MZ=before.replace(text, replacement, 1)))

    assert any(said.startswith(reason) for _, _, said in found), found


@pytest.mark.parametrize(
    ("paper", "reason"),
    [
        ("{name: 无犯罪记录证明, kind: 证明, source: 公安局, reusable: false}",
         "name: 不得要求提供“无犯罪记录证明”（民发〔2020〕20号）"),
        ("{name: 健在证明, kind: 证明, source: 社区, reusable: false}",
         "name: 不得要求提供“健在证明”"),
        ("{name: 未婚证明, kind: 证明, source: 居民委员会, reusable: false}",
         "source: “婚姻状况证明”不得由社区出具，须写明出具的机关"),
        ("{name: 死亡证明, kind: 证明, source: 有关单位出具, reusable: false}",
         "source: “死亡证明”不得由社区出具，须写明出具的机关"),
    ],
)  # fmt: skip
def test_a_proof_that_communities_may_not_issue_is_refused(
    tmp_path: Path, paper: str, reason: str
) -> None:
    text = built_in("materials.yaml") + f"listed_proof: {paper}\n"

    found = told(city(tmp_path, materials=text))

    assert [said for _, _, said in found if said.startswith(reason)]
