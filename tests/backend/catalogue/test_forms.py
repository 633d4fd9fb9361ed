"""Checking applications against an item's form."""

from copy import deepcopy
from typing import Any

import jsonschema_rs
import orjson
import pytest

from backend.catalogue import formats, forms
from backend.errors import Invalid
from backend.http import problems
from tests.backend.catalogue.examples import items, version

ID_NUMBER = "11010519491231002X"
OTHER_ID_NUMBER = "210102199003070038"
PROFILE: dict[str, object] = {
    "name": "王小明",
    "phone": "13900139000",
    "id_number": ID_NUMBER,
    "address": "沈阳市和平区南京南街1号",
    "community": {"code": "210102001001", "name": "浑河湾第一社区"},
}
NOBODY: dict[str, object] = dict.fromkeys(PROFILE)


def example(code: str) -> dict[str, Any]:
    """A form the item takes."""
    return deepcopy(version(code).form["examples"][0])


def faults(code: str, form: dict[str, Any], profile: dict[str, object] = PROFILE) -> dict[str, str]:
    """The faults of a form: the name of each with its code."""
    with pytest.raises(Invalid) as refused:
        forms.check(version(code), form, profile)
    assert refused.value.code == "form_invalid"
    assert all(fault.reason for fault in refused.value.invalid_params)
    return {fault.name.removeprefix("form."): fault.code for fault in refused.value.invalid_params}


def test_every_form_is_strict_and_takes_its_example() -> None:
    for code in items():
        is_strict_and_takes_its_example(code)


def is_strict_and_takes_its_example(code: str) -> None:
    schema = version(code).form

    jsonschema_rs.meta.validate(schema)
    filled = forms.check(version(code), example(code), PROFILE)
    assert faults(code, example(code) | {"no_such_field": 1}) == {"no_such_field": "unknown_field"}
    assert not list(unbounded(schema)), f"{code}: texts and lists have limits, objects are closed"
    about = [forms.at(filled, pointer) for pointer in version(code).object_fields]
    assert any(about) or not about, f"{code}: something tells two applications of this item apart"


def unbounded(node: Any, path: str = "") -> Any:
    """Paths of the schema's texts, lists and objects that would take anything."""
    kind = node.get("type")
    if kind == "string" and "maxLength" not in node and "oneOf" not in node:
        yield path
    if kind == "array":
        if "maxItems" not in node:
            yield path
        yield from unbounded(node["items"], f"{path}/items")
    if kind == "object":
        if node.get("additionalProperties") is not False:
            yield path
        for name, inner in node["properties"].items():
            assert inner["title"], path
            yield from unbounded(inner, f"{path}/{name}")


def test_what_the_profile_knows_is_filled_in() -> None:
    filled = forms.check(version("SP-MZ-001"), example("SP-MZ-001"), PROFILE)

    assert filled["applicant"] == PROFILE | {"community": "210102001001"}
    assert filled["bank_account"]["holder"] == "王小明"


def test_what_the_resident_types_stays_where_it_need_not_be_verified() -> None:
    form = example("FW-CG-003") | {"applicant": {"name": "小明", "phone": "024-12345678"}}

    filled = forms.check(version("FW-CG-003"), form, PROFILE)

    assert filled["applicant"] == {"name": "小明", "phone": "024-12345678"}


def test_an_unknown_resident_may_leave_out_what_nobody_knows() -> None:
    filled = forms.check(version("FW-CG-003"), example("FW-CG-003"), NOBODY)

    assert "applicant" not in filled


def test_another_name_or_id_number_than_the_verified_is_refused() -> None:
    other = {"name": "李四", "id_number": OTHER_ID_NUMBER}

    assert faults("SP-MZ-001", example("SP-MZ-001") | {"applicant": other}) == {
        "applicant.name": "profile_mismatch",
        "applicant.id_number": "profile_mismatch",
    }


def test_a_place_is_where_the_applicant_lives_unless_another_is_given() -> None:
    form = example("FW-SB-001")
    elsewhere = form.pop("place")
    nowhere = {**PROFILE, "address": None}

    assert forms.check(version("FW-SB-001"), form, PROFILE)["place"] == {
        "address": PROFILE["address"]
    }
    typed = forms.check(version("FW-SB-001"), form | {"place": elsewhere}, PROFILE)
    assert typed["place"] == elsewhere
    assert faults("FW-SB-001", form, nowhere) == {"place": "required"}
    assert faults("FW-SB-001", form | {"place": {}}, nowhere) == {"place.address": "required"}


def test_with_an_agent_the_profile_is_the_agents() -> None:
    form = example("SP-MZ-010") | {"agent": {"relation": "child"}}
    form["bank_account"]["holder"] = "王大妈"
    form["applicant"] = {"name": "王大妈", "id_number": f" {OTHER_ID_NUMBER} "}

    filled = forms.check(version("SP-MZ-010"), form, PROFILE)

    assert filled["applicant"] == {"name": "王大妈", "id_number": OTHER_ID_NUMBER}
    assert filled["agent"]["name"] == "王小明"
    assert filled["agent"]["id_number"] == ID_NUMBER


def test_with_an_agent_the_applicant_must_be_named() -> None:
    form = example("SP-MZ-010") | {"agent": {"relation": "child"}}

    assert faults("SP-MZ-010", form) == {
        "applicant": "required",
        "bank_account.holder": "required",
    }


def test_the_refusal_of_a_choice_names_the_values_that_would_be_taken() -> None:
    form = example("SP-MZ-001")
    form["household"]["members"][0]["relation"] = "neighbour"
    members = version("SP-MZ-001").form["properties"]["household"]["properties"]["members"]
    choices = members["items"]["properties"]["relation"]["oneOf"]

    with pytest.raises(Invalid) as refused:
        forms.check(version("SP-MZ-001"), form, PROFILE)

    (fault,) = refused.value.invalid_params
    assert (fault.name, fault.code) == ("form.household.members.0.relation", "enum")
    assert fault.allowed == tuple(choice["const"] for choice in choices)
    assert len(fault.allowed) > 1
    answer = problems.refusal(refused.value, instance="1").body
    assert answer is not None
    (param,) = orjson.loads(answer)["invalid_params"]
    assert param["allowed"] == list(fault.allowed)


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("household.members.0.id_number", "110105194912310021", "id_number_invalid"),
        ("household.members.0.id_number", "1101", "id_number_invalid"),
        ("household.members.0.relation", "neighbour", "enum"),
        ("household.members.0.monthly_income", -1, "minimum"),
        ("household.members.0.monthly_income", "800", "type"),
        ("income.monthly_total", 10**9, "maximum"),
        ("property.homes", 1.5, "type"),
        ("bank_account.number", "62220", "pattern"),
        ("declaration.truthful", False, "not_agreed"),
        ("reason", "  ", "blank"),
        ("reason", "\u3164\u2800", "blank"),
        ("household.members.0.name", "\ufe0f \u034f", "blank"),
        ("reason", "字" * 1001, "max_length"),
        ("household", None, "type"),
    ],
)
def test_a_wrong_answer_is_named_with_its_reason(pointer: str, value: object, code: str) -> None:
    form = example("SP-MZ-001")
    *path, last = pointer.split(".")
    node: Any = form
    for name in path:
        node = node[int(name) if name.isdecimal() else name]
    node[last] = value

    assert faults("SP-MZ-001", form)[pointer] == code


def test_missing_answers_are_all_named() -> None:
    assert faults("FW-CG-003", {}) == dict.fromkeys(["place", "fault"], "required")


@pytest.mark.parametrize(
    ("code", "change", "missing"),
    [
        ("SP-CL-001", {"category": "mental"}, ["guardian_name", "guardian_phone"]),
        ("FW-GA-002", {"delivery": {"method": "post"}}, ["delivery.address"]),
        ("FW-FC-002", {"applying_as": "organisation"}, ["organisation"]),
        ("FW-TW-001", {"minor": True}, ["guardian_name", "guardian_phone"]),
    ],
)
def test_one_answer_may_ask_for_another(
    code: str, change: dict[str, Any], missing: list[str]
) -> None:
    assert faults(code, example(code) | change) == dict.fromkeys(missing, "required")


def test_a_date_must_exist() -> None:
    form = example("FW-GA-002") | {"since": "2026-02-30"}

    assert faults("FW-GA-002", form) == {"since": "date_invalid"}


def test_names_and_numbers_of_persons_are_hidden_and_the_rest_is_shown() -> None:
    told = example("SP-MZ-001") | {"reason": "收入不够生活"}
    filled = forms.check(version("SP-MZ-001"), told, PROFILE)

    shown = forms.masked(version("SP-MZ-001"), filled)

    assert shown["applicant"] == {
        "name": "王*明",
        "phone": "139******00",
        "id_number": "1****************X",
        "address": "沈阳市和平区****",
        "community": "210102001001",
    }
    assert shown["bank_account"]["number"] == "***************0000"
    assert shown["household"]["members"][0]["name"] == "*三"
    assert shown["reason"] == filled["reason"]
    assert filled["applicant"]["id_number"] == ID_NUMBER


def test_a_short_address_is_not_shown_whole() -> None:
    short = PROFILE | {"address": "某路1号"}
    filled = forms.check(version("SP-MZ-001"), example("SP-MZ-001"), short)

    shown = forms.masked(version("SP-MZ-001"), filled)

    assert shown["applicant"]["address"] == "某路****"


def test_those_who_repair_see_where() -> None:
    form = example("FW-CG-003")

    assert forms.masked(version("FW-CG-003"), form)["place"] == form["place"]


def test_two_repairs_are_told_apart_by_their_place() -> None:
    item = version("FW-CG-003")
    form = example("FW-CG-003")

    assert [forms.at(form, pointer) for pointer in item.object_fields] == [form["place"]["address"]]


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        ("11211300001200266Q", True),
        ("11211300001200266P", False),
        ("1121130000120026", False),
        ("I" * 18, False),
    ],
)
def test_credit_codes_are_checked(code: str, *, sound: bool) -> None:
    assert formats.is_credit_code(code) is sound
