"""What is known already of a form, and how much of all forms that is."""

from typing import Any

import pytest

from backend.catalogue import forms, prefilling
from tests.backend.catalogue.examples import items, version
from tests.backend.catalogue.test_forms import NOBODY, PROFILE, example

BENEFIT, STUDENT_AID = "SP-MZ-001", "SP-MZ-002"
# Of the answers that must be given, over all items: 0.42 and nothing before.
LEAST_BY_PROFILE, LEAST_BY_BOTH = 0.46, 0.53
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


def test_what_changes_or_tells_of_health_or_relatives_is_never_carried_over() -> None:
    carried = {
        schema["x-carried"]
        for code in items()
        for schema in version(code).form["properties"].values()
        if "x-carried" in schema
    }

    assert carried == {
        "organisation",
        "bank_account",
        "home",
        "education",
        "veteran",
        "meter",
        "provident_fund",
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
    must = by_profile = by_both = 0
    for code in items():
        item = version(code)
        paths = set(prefilling.required(item))
        must += len(paths)
        by_profile += len(paths & set(sources(prefilling.prefill(item, PROFILE))))
        known = prefilling.prefill(item, PROFILE, [(item, filled(code))])
        by_both += len(paths & set(sources(known)))

    assert by_profile / must >= LEAST_BY_PROFILE, by_profile / must
    assert by_both / must >= LEAST_BY_BOTH, by_both / must


def test_who_has_handed_in_papers_before_has_few_left_to_upload() -> None:
    papers = [paper for code in items() for paper in version(code).materials if paper["required"]]

    assert len([paper for paper in papers if not paper["reusable"]]) <= 100
