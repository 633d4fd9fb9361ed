"""What is known already of a form, and how much of all forms that is."""

from typing import Any

import pytest

from backend.catalogue import forms, prefilling
from tests.backend.catalogue.examples import items, version
from tests.backend.catalogue.test_forms import NOBODY, OTHER_ID_NUMBER, PROFILE, example

BENEFIT, CHILD = "SP-MZ-001", "FW-JY-001"
# Of the answers that must be given, over all items: by the profile alone, and with what was
# answered for other items, never for the item itself, which few need twice.
LEAST_BY_PROFILE, LEAST_BY_BOTH = 0.54, 0.72
ACCOUNT = {"bank": "盛京银行", "number": "6217000000000000001"}


def filled(code: str, **changes: Any) -> dict[str, Any]:
    """A form as a case of this profile keeps it."""
    return forms.check(version(code), example(code) | changes, PROFILE)


def sources(found: prefilling.Prefilled) -> dict[str, str]:
    return dict(found.sources)


def test_the_profile_answers_what_it_knows_and_says_so() -> None:
    found = prefilling.prefill(version(BENEFIT), PROFILE)

    assert found.form["applicant"] == PROFILE | {"community": "210102001001"}
    assert found.form["bank_account"] == {"holder": PROFILE["name"]}
    assert set(sources(found).values()) == {"profile"}
    assert set(sources(found)) == {
        f"{block}.{name}" for block, answers in found.form.items() for name in answers
    }


def test_of_nobody_nothing_is_known() -> None:
    assert prefilling.prefill(version(BENEFIT), NOBODY) == ({}, [], 0)


def test_an_earlier_form_answers_the_same_block_again() -> None:
    earlier = filled(BENEFIT, bank_account=ACCOUNT)
    other = next(
        code
        for code in items()
        if code != BENEFIT and "bank_account" in version(code).form["required"]
    )

    found = prefilling.prefill(version(other), PROFILE, [(version(BENEFIT), earlier)])

    assert found.form["bank_account"] == ACCOUNT | {"holder": PROFILE["name"]}
    assert sources(found)["bank_account.number"] == "earlier_case"
    assert sources(found)["bank_account.holder"] == "profile"
    assert found.share > prefilling.prefill(version(other), PROFILE).share


def test_the_newest_answers_count() -> None:
    newest, older = (
        filled(BENEFIT, bank_account=ACCOUNT | {"number": number})
        for number in ("6217000000000000009", "6217000000000000002")
    )
    earlier = [(version(BENEFIT), form) for form in (newest, older)]

    found = prefilling.prefill(version(BENEFIT), PROFILE, earlier)

    assert found.form["bank_account"]["number"] == "6217000000000000009"


@pytest.mark.parametrize(
    "changes",
    [
        {"bank_account": ACCOUNT | {"holder": "李小红"}},
        {"agent": {"relation": "child"}, "bank_account": ACCOUNT | {"holder": "王小明"}},
    ],
    ids=["another's account", "filled in for another"],
)
def test_what_may_be_anothers_is_not_carried_over(changes: dict[str, Any]) -> None:
    earlier = example(BENEFIT) | changes

    found = prefilling.prefill(version(BENEFIT), PROFILE, [(version(BENEFIT), earlier)])

    assert found.form["bank_account"] == {"holder": PROFILE["name"]}


def test_without_a_proven_name_no_account_is_carried_over() -> None:
    earlier = filled(BENEFIT, bank_account=ACCOUNT)

    found = prefilling.prefill(version(BENEFIT), NOBODY, [(version(BENEFIT), earlier)])

    assert found.form == {}


def test_of_two_children_none_is_taken_for_the_other() -> None:
    child = example(CHILD)["child"]
    other = child | {"id_number": OTHER_ID_NUMBER}
    one, two = (filled(CHILD, child=each) for each in (child, other))

    def known(*forms: dict[str, Any]) -> Any:
        earlier = [(version(CHILD), form) for form in forms]
        return prefilling.prefill(version(CHILD), PROFILE, earlier).form.get("child")

    assert known(two, two) == other
    assert known(one, two) is None


def test_income_and_health_are_asked_anew() -> None:
    member = example(BENEFIT)["household"]["members"][0]
    told = {"monthly_income": 800, "health": "serious", "occupation": "retired"}
    earlier = filled(BENEFIT, household={"members": [member | told]})

    found = prefilling.prefill(version(BENEFIT), PROFILE, [(version(BENEFIT), earlier)])

    assert found.form["household"] == {"members": [member]}
    assert "income" not in found.form


def test_what_lasts_is_carried_over_and_nothing_of_one_matter() -> None:
    schemas = [
        schema
        for code in items()
        for schema in version(code).form["properties"].values()
        if "x-carried" in schema
    ]

    assert {schema["x-carried"]: schema.get("x-about") for schema in schemas} == {
        **dict.fromkeys(("organisation", "group", "business", "workplace", "employment")),
        **dict.fromkeys(("bank_account", "provident_fund", "meter", "delivery", "dog")),
        **dict.fromkeys(("home", "tenancy", "household", "marriage", "emergency_contact")),
        **dict.fromkeys(("education", "veteran", "unemployment", "disability", "elder")),
        "child": "id_number",
        "soldier": "id_number",
    }


def test_what_is_known_is_a_beginning_that_the_form_takes() -> None:
    for code in items():
        item = version(code)
        earlier = [(item, filled(code))]
        known = prefilling.prefill(item, PROFILE, earlier)
        rest = {
            block: answers | known.form.get(block, {}) if isinstance(answers, dict) else answers
            for block, answers in example(code).items()
        }
        forms.check(item, known.form | rest, PROFILE)
        assert 0 <= known.share <= 1


def test_of_all_answers_that_must_be_given_so_many_are_known() -> None:
    cases = {code: (version(code), as_asked(code)) for code in items()}
    must = by_profile = by_both = 0
    for code, (item, _) in cases.items():
        paths = set(prefilling.required(item))
        must += len(paths)
        by_profile += len(paths & set(sources(prefilling.prefill(item, PROFILE))))
        others = [case for other, case in cases.items() if other != code]
        by_both += len(paths & set(sources(prefilling.prefill(item, PROFILE, others))))

    assert by_profile / must >= LEAST_BY_PROFILE, by_profile / must
    assert by_both / must >= LEAST_BY_BOTH, by_both / must


def as_asked(code: str) -> dict[str, Any]:
    """A form of somebody who left what the profile answers as it was."""
    form = example(code)
    for name, schema in version(code).form["properties"].items():
        if isinstance(answers := form.get(name), dict):
            asked = schema["properties"]
            form[name] = {key: answers[key] for key in answers if "x-profile" not in asked[key]}
    return forms.check(version(code), form, PROFILE)
