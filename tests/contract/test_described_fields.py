"""The fields of the description and their values: told in Chinese, shown by example, typed."""

import re
from typing import Any, get_origin

from typing_extensions import is_typeddict

from backend.http import conditions, keyed, pages
from backend.http.openapi import shapes
from backend.http.openapi.words import words
from notifications.telling.wordings import (
    wordings,
)
from tests.answers import CHINESE
from tests.contract.description import FIELDS, PARAMETERS, SCHEMAS, all_shapes, faults, fields

# What a client branches on: a plain string would leave it to guess the values.
BRANCHED_ON = re.compile(
    r"status|state|light|level|of|role|channel|verdict|outcome|assurance|action|actions|unit"
    r"|kind|actor|category|case_type|\w+_unit|closed|method|delivery|flags|scope|purpose"
)
# A number, and words of the data files.
NO_LISTS = {
    "Problem.status",
    "CaseOutcome.status",
    "RowOutcome.status",
    "TaskCounts.unit",
    "SaveFilter.unit",
    "FilterView.unit",
    "ItemMaterial.kind",
}


def parts(shape: dict[str, Any]) -> list[dict[str, Any]]:
    """A field's schema, those of its entries and its alternatives, references followed."""
    near = [shape, shape.get("items", {}), *shape.get("anyOf", [])]
    near += [part["items"] for part in near if "items" in part]
    return [SCHEMAS[part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part for part in near]


def left_out() -> set[tuple[str, str]]:
    """The fields that a body or an answer may be without, with the names of their shapes."""
    return {
        (shape.__name__, name)
        for shape in all_shapes()
        for name in fields(shape)
        if name not in required(get_origin(shape) or shape)
    }


def required(kind: Any) -> set[str]:
    """The names of the fields that are always there."""
    if is_typeddict(kind):
        return set(kind.__required_keys__)
    known = kind.model_fields.items()
    return {info.alias or name for name, info in known if info.is_required()}


def test_a_field_and_a_parameter_have_their_meaning_in_chinese() -> None:
    told = {name: each.get("description", "") for name, each in (FIELDS | PARAMETERS).items()}
    assert [name for name, text in told.items() if not CHINESE.search(text)] == []


def test_a_field_has_an_example_or_its_parts_have() -> None:
    bare = {name: shape for name, shape in FIELDS.items() if not shape.get("examples")}
    assert [name for name, shape in bare.items() if "#/components/schemas" not in str(shape)] == []


def test_each_example_of_a_field_or_parameter_is_one_that_it_takes() -> None:
    wrong = [
        fault
        for name, shape in FIELDS.items()
        for example in shape.get("examples", [])
        for fault in faults(name, example, shape)
    ]
    for name, parameter in PARAMETERS.items():
        wrong += faults(name, parameter["example"], parameter["schema"])
    assert wrong == []


def test_what_a_client_branches_on_is_a_list_of_values() -> None:
    branched = {
        name: shape
        for name, shape in FIELDS.items()
        if BRANCHED_ON.fullmatch(name.partition(".")[2]) and name not in NO_LISTS
    }
    plain = {
        name
        for name, shape in branched.items()
        if not any(part.keys() & {"enum", "const", "properties"} for part in parts(shape))
    }
    assert len(branched) > 50
    assert plain == set()


def test_each_value_of_a_list_is_named_in_chinese() -> None:
    lists = [
        part
        for shape in [*FIELDS.values(), *(each["schema"] for each in PARAMETERS.values())]
        for part in parts(shape)
        if "enum" in part
    ]
    assert lists
    for part in lists:
        assert list(part.get(shapes.LABELS, {})) == part["enum"], part
        assert all(CHINESE.search(text) for text in part[shapes.LABELS].values()), part


def test_what_may_be_left_out_is_optional_and_all_else_is_required() -> None:
    optional = {
        tuple(name.split("."))
        for name in FIELDS
        if name.split(".")[1] not in SCHEMAS[name.split(".")[0]].get("required", [])
    }
    assert len(optional) > 20
    assert optional == left_out()


def test_no_field_has_a_default() -> None:
    # Generators of types read one as: always there.
    assert [name for name, shape in FIELDS.items() if "default" in shape] == []


def test_a_field_of_a_body_that_is_none_by_default_may_be_given_as_null() -> None:
    bodies = [shape for shape in all_shapes() if not is_typeddict(get_origin(shape) or shape)]
    nulls = [
        f"{body.__name__}.{info.alias or name}"
        for body in bodies
        for name, info in body.model_fields.items()
        if not info.is_required() and info.default is None
    ]
    assert len(nulls) > 10
    assert [name for name in nulls if {"type": "null"} not in FIELDS[name]["anyOf"]] == []


def test_only_what_the_city_writes_itself_has_no_shape() -> None:
    free = {
        name
        for name, shape in FIELDS.items()
        for part in parts(shape)
        if part.get("type") == "object" and "properties" not in part
    }
    forms = {"CaseView.form", "StaffCase.form", "FormView.form", "ItemView.form", "SubmitCase.form"}
    forms |= {"Supplement.form", "Prefill.form", "BookAppointment.form", "AppointmentView.form"}
    forms |= {
        "SaveDraft.form",
        "Draft.form",
        "StaffAppointment.form",
        "WindowAppointment.form",
        "FileCase.form",
    }
    forms |= {"WindowSupplement.form", "BookForPerson.form"}
    forms |= {"ActOnCases.payload", "BatchRow.form"}
    assert free == forms | {"Subscriptions.results", "Problem.stored", "Revealed.values"}


def test_a_field_that_may_be_null_says_when_and_no_other_does() -> None:
    null = {"type": "null"}
    nullable = {name for name, shape in FIELDS.items() if null in shape.get("anyOf", [])}
    lists = {name for name, shape in FIELDS.items() if "items" in str(shape)}
    told = {name: shape["description"] for name, shape in FIELDS.items()}

    assert len(nullable) > 30
    assert {name for name, text in told.items() if "为空" in text} <= nullable | lists
    assert [name for name in nullable if not re.search("空|没有|不|给一个", told[name])] == []


def test_what_a_header_or_a_cursor_may_be_is_said() -> None:
    patterns = {
        "Idempotency-Key": keyed.PATTERN,
        "If-Match": conditions.PATTERN,
        "cursor": pages.CURSOR,
    }
    shown = [each for each in PARAMETERS.values() if each["name"] in patterns]

    assert {each["name"] for each in shown} == patterns.keys()
    for each in shown:
        assert each["schema"]["pattern"] == patterns[each["name"]]


def test_the_kinds_of_messages_are_those_that_have_wordings() -> None:
    kinds = {wording.kind for wording in wordings().values()}
    listed = [
        set(SCHEMAS[view]["properties"]["kind"]["enum"])
        for view in ("MessageView", "StaffMessageView")
    ]
    assert set().union(*listed) == kinds
    assert all(kind.split(".")[0] in {"staff", "tasks", "absence"} for kind in listed[1])
    assert set.intersection(*listed) == set()


def test_no_value_is_named_that_is_on_no_list() -> None:
    shown = [
        part[shapes.LABELS]
        for shape in [*FIELDS.values(), *(each["schema"] for each in PARAMETERS.values())]
        for part in parts(shape)
        if shapes.LABELS in part
    ]
    assert [name for name, labels in words().values.items() if labels not in shown] == []
