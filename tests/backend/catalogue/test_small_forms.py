"""The rules of a form on items so small that each test says the whole of them."""

from typing import Any

import pytest

from backend.catalogue import forms
from backend.catalogue.refusals import FormInvalid
from backend.catalogue.versions import ItemVersion
from models import Assurance
from tests.backend.catalogue.small import ID_NUMBER, OTHER_ID_NUMBER, an_item, block, text

NAME, NUMBER = text("姓名", x_profile="name", x_mask="name"), text("证号", x_profile="id_number")
NUMBER |= {"format": "id-number", "x-mask": "id_number"}
PROFILE: dict[str, object] = {
    "name": "王小明",
    "phone": "13900139000",
    "id_number": ID_NUMBER,
    "address": "",
    "community": {"code": "210102001001", "name": "浑河湾第一社区"},
}
PEOPLE = {
    "type": "array",
    "title": "家人",
    "maxItems": 2,
    "items": block({"name": text("姓名", x_mask="name"), "age": {"type": "integer"}}, "name"),
}
ITEM = an_item(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["applicant"],
        "properties": {
            "applicant": block({"name": NAME, "id_number": NUMBER}, "name", "id_number")
            | {"x-profile-unless": "agent"},
            "agent": block({"name": NAME, "phone": text("电话", x_profile="phone")}, "name"),
            "contact": block({"phone": text("电话", x_profile="phone", x_mask="phone")}),
            "place": block(
                {"community": text("社区", x_profile="community"), "floor": text("楼层")}
            ),
            "people": PEOPLE,
            "note": text("说明"),
        },
    }
)
SURE = an_item(ITEM.form, min_assurance=Assurance.REAL_NAME)


def faults(item: ItemVersion, form: dict[str, Any], **more: Any) -> dict[str, str]:
    with pytest.raises(FormInvalid) as refused:
        forms.check(item, form, PROFILE, **more)
    return {fault.name: fault.code for fault in refused.value.invalid_params}


def test_what_the_profile_knows_has_the_names_of_forms() -> None:
    assert forms.known(PROFILE) == {
        "name": "王小明",
        "phone": "13900139000",
        "id_number": ID_NUMBER,
        "community": "210102001001",
    }
    assert forms.known({"community": "210102001001"}) == {"community": "210102001001"}
    assert forms.known({"community": None, "name": None}) == {}
    assert forms.known({}) == {}


def test_a_block_that_must_be_there_is_filled_in_and_one_that_need_not_is_left_out() -> None:
    assert forms.check(ITEM, {}, PROFILE) == {
        "applicant": {"name": "王小明", "id_number": ID_NUMBER},
        # It asks for nothing but what the profile knows.
        "contact": {"phone": "13900139000"},
    }


def test_a_block_that_was_begun_is_completed() -> None:
    found = forms.check(
        ITEM,
        {
            "place": {"floor": "3"},
            "agent": {"name": "李四"},
            "applicant": {"name": "赵六", "id_number": OTHER_ID_NUMBER},
        },
        PROFILE,
    )

    assert found["place"] == {"floor": "3", "community": "210102001001"}
    assert found["agent"] == {"name": "李四", "phone": "13900139000"}


def test_what_was_answered_stays_unless_it_was_left_empty() -> None:
    given = {"applicant": {"name": "李四", "id_number": None}, "contact": {"phone": "110"}}

    found = forms.check(ITEM, given, PROFILE)

    assert found["applicant"] == {"name": "李四", "id_number": ID_NUMBER}
    assert found["contact"] == {"phone": "110"}
    assert given["applicant"] == {"name": "李四", "id_number": None}


def test_with_an_agent_nothing_of_the_profile_is_the_applicants() -> None:
    form = {"agent": {"name": "王小明"}}

    assert faults(ITEM, form) == {"form.applicant": "required"}
    assert faults(ITEM, form | {"applicant": {"name": "李四"}}) == {
        "form.applicant.id_number": "required"
    }


def test_at_a_window_the_profile_is_the_applicants_and_never_the_agents() -> None:
    found = forms.check(ITEM, {"agent": {"name": "李四"}}, PROFILE, at_window=True)

    assert found["applicant"] == {"name": "王小明", "id_number": ID_NUMBER}
    assert found["agent"] == {"name": "李四"}


@pytest.mark.parametrize(
    ("item", "at_window", "told"),
    [
        (ITEM, False, {}),
        (ITEM, True, {"form.applicant.name", "form.applicant.id_number"}),
        (SURE, False, {"form.applicant.name", "form.applicant.id_number"}),
    ],
)
def test_who_is_verified_is_nobody_else(
    item: ItemVersion, told: set[str], *, at_window: bool
) -> None:
    form = {"applicant": {"name": "李四", "id_number": OTHER_ID_NUMBER}}
    if not told:
        assert forms.check(item, form, PROFILE)["applicant"] == form["applicant"]
        return
    found = faults(item, form, at_window=at_window)
    assert found == dict.fromkeys(told, "profile_mismatch")


def test_other_answers_may_differ_from_the_profile_and_what_it_lacks_refuses_nobody() -> None:
    form = {"contact": {"phone": "110"}, "place": {"community": "210103001001"}}
    assert forms.check(SURE, form, PROFILE)["contact"] == {"phone": "110"}

    nobody: dict[str, object] = {}
    given = {"applicant": {"name": "李四", "id_number": OTHER_ID_NUMBER}}
    assert forms.check(SURE, given, nobody) == given


def test_who_is_verified_may_say_so_again() -> None:
    form = {"applicant": {"name": "王小明", "id_number": ID_NUMBER}}

    for item, at_window in ((SURE, False), (ITEM, True)):
        assert (
            forms.check(item, form, PROFILE, at_window=at_window)["applicant"] == form["applicant"]
        )


def test_a_block_of_which_the_profile_knows_a_part_is_not_begun_for_who_left_it_out() -> None:
    part = block({"name": NAME, "job": text("职业")}, "name", "job")
    form = {"type": "object", "properties": {"applicant": part}, "required": ["applicant"]}

    assert faults(an_item(form), {}) == {"form.applicant": "required"}
    assert faults(an_item(form), {"applicant": {}}) == {"form.applicant.job": "required"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  二楼 ", "二楼"),
        ("二\n楼", "二\n楼"),
        ("abc", "abc"),
        ("\u3164", ""),
        (" \u3000 ", ""),
    ],
)
def test_a_text_has_no_blanks_around_it_and_what_nobody_sees_is_empty(
    given: str, kept: str
) -> None:
    assert forms.check(ITEM, {"note": given}, PROFILE)["note"] == kept


def test_in_lists_and_blocks_answers_are_tidied_too() -> None:
    form = {
        "applicant": {"name": " 李四 ", "id_number": f" {ID_NUMBER.lower()} "},
        "people": [{"name": " 李五", "age": 5.0}],
    }

    found = forms.check(ITEM, form, PROFILE)

    assert found["applicant"] == {"name": "李四", "id_number": ID_NUMBER}
    assert found["people"] == [{"name": "李五", "age": 5}]
    assert isinstance(found["people"][0]["age"], int)


def test_faults_are_named_once_each_and_fifty_at_most() -> None:
    assert faults(ITEM, {"note": "x" * 21, "people": [{}]}) == {
        "form.note": "max_length",
        "form.people.0.name": "required",
    }
    many = {f"field{n}": 1 for n in range(60)}
    assert len(faults(ITEM, many)) == forms.MOST_FAULTS == 50


def test_a_verified_name_that_is_also_too_long_is_told_as_another() -> None:
    found = faults(SURE, {"applicant": {"name": "x" * 21}})

    assert found == {"form.applicant.name": "profile_mismatch"}
