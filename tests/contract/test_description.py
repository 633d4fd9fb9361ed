"""The description in words: each field, value and refusal is told in Chinese and shown by example.

The document is built here from the routes, no server is asked.
"""

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from backend.http import conditions, keyed, openapi, pages
from backend.http.call import NoQuery, Nothing
from backend.http.openapi import shapes
from backend.http.openapi.words import found, words
from backend.http.problems import FRAMEWORK, STATUS
from miniprogram_api import problem_page, server
from notifications.telling.wordings import APPOINTMENT_ACTIONS, CASE_ACTIONS
from tests.answers import HERE, described, responses_of

SPECS = [spec for group in server.GROUPS for spec in group.specs]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PROBLEMS = problem_page.words()
DOCUMENT = described(HERE)
COMPONENTS: dict[str, Any] = DOCUMENT["components"]
SCHEMAS: dict[str, Any] = COMPONENTS["schemas"]
OPERATIONS: dict[str, Any] = {
    operation["operationId"]: operation
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
}
FIELDS = {
    f"{model}.{name}": shape
    for model, schema in SCHEMAS.items()
    for name, shape in schema.get("properties", {}).items()
}
PARAMETERS = {
    f"{name} {parameter['name']}": parameter
    for name, operation in OPERATIONS.items()
    for parameter in operation["parameters"]
}
# What a client branches on: a plain string would leave it to guess the values.
BRANCHED_ON = re.compile(
    r"status|state|light|level|of|role|channel|verdict|outcome|assurance|action|actions|unit"
    r"|kind|actor|category|case_type|\w+_unit|closed|method|delivery|flags|scope|purpose"
)
# A number, and words of the data files.
NO_LISTS = {"Problem.status", "TaskCounts.unit", "ItemMaterial.kind"}


def faults(place: str, instance: Any, schema: dict[str, Any]) -> list[str]:
    """What the schema has against it, formats included."""
    root = schema | {"components": COMPONENTS}
    validator = OAS31Validator(root, format_checker=oas31_format_checker)
    return [f"{place}: {fault.message}" for fault in validator.iter_errors(instance)]


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every media type of every body and answer, with where it stands."""
    for name, operation in OPERATIONS.items():
        parts = {"body": operation.get("requestBody", {})} | responses_of(DOCUMENT, operation)
        for place, part in parts.items():
            for media, content in part.get("content", {}).items():
                yield f"{name} {place} {media}", content


def parts(shape: dict[str, Any]) -> list[dict[str, Any]]:
    """A field's schema, those of its entries and its alternatives, references followed."""
    near = [shape, shape.get("items", {}), *shape.get("anyOf", [])]
    near += [part["items"] for part in near if "items" in part]
    return [SCHEMAS[part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part for part in near]


def models() -> set[type[BaseModel]]:
    """All models of bodies, queries and answers, with those inside them."""
    tops = [model for spec in SPECS for model in (spec.body, spec.answer) if model]
    todo: list[type[BaseModel]] = [openapi.Problem, *tops]
    seen: set[type[BaseModel]] = {Nothing, NoQuery}
    while todo:
        model = todo.pop()
        if model not in seen:
            seen.add(model)
            todo += [inner for each in model.model_fields.values() for inner in _inside(each)]
    return seen


def _inside(annotation: Any) -> Iterator[type[BaseModel]]:
    annotation = getattr(annotation, "annotation", annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _inside(inner)


def test_the_document_is_sound() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_an_endpoint_says_in_chinese_what_it_does() -> None:
    told = {name: operation["summary"] for name, operation in OPERATIONS.items()}
    assert [name for name, text in told.items() if not CHINESE.search(text)] == []


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


def test_each_body_and_answer_has_examples_that_it_takes() -> None:
    wrong = []
    for place, content in contents():
        named = [each["$ref"].rsplit("/", 1)[1] for each in content.get("examples", {}).values()]
        shown = [COMPONENTS["examples"][name]["value"] for name in named]
        shown += [content["example"]] if "example" in content else []
        binary = content["schema"].get("format") == "binary" or "multipart" in place
        wrong += [] if shown or binary else [f"{place}: no example"]
        wrong += [fault for each in shown for fault in faults(place, each, content["schema"])]
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


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_each_refusal_stands_at_its_status_with_an_example(spec: Any) -> None:
    responses = responses_of(DOCUMENT, OPERATIONS[spec.name])
    told = {
        (int(status), code)
        for status, answer in responses.items()
        for code in answer.get("content", {})
        .get("application/problem+json", {})
        .get("examples", {})
        if status != "default"
    }
    for code in spec.errors:
        for status in (status for status, codes in PROBLEMS.items() if code in codes):
            assert (status, code) in told
    for status, code in told:
        problem = responses[str(status)]["content"]["application/problem+json"]
        assert code in problem["schema"]["allOf"][1]["properties"]["code"]["enum"]


def test_what_may_be_left_out_is_optional_and_all_else_is_required() -> None:
    # Generators of types read a default as: always there.
    left_out = {
        (model.__name__, info.alias or name): info.default
        for model in models()
        for name, info in model.model_fields.items()
        if not info.is_required()
    }
    optional = {
        tuple(name.split("."))
        for name in FIELDS
        if name.split(".")[1] not in SCHEMAS[name.split(".")[0]].get("required", [])
    }
    assert len(left_out) > 20
    assert optional == left_out.keys()
    assert [name for name, shape in FIELDS.items() if "default" in shape] == []
    for (model, name), default in left_out.items():
        if default is None and (model, name) in optional:
            assert {"type": "null"} in FIELDS[f"{model}.{name}"]["anyOf"], (model, name)


def test_no_component_shows_the_module_that_it_comes_from() -> None:
    assert [name for name in SCHEMAS if "__" in name or name.endswith("_")] == []


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


def test_the_words_are_those_that_are_needed() -> None:
    said = words()
    wanted = [
        (shapes.owners(model), info.serialization_alias or info.alias or name)
        for model in models()
        for name, info in model.model_fields.items()
    ]
    wanted += [
        ((name.split()[0], each["in"]), each["name"])
        for name, each in PARAMETERS.items()
        if each["in"] != "query"
    ]
    wanted += [
        ((spec.name, *shapes.owners(spec.query)), info.alias or name)
        for spec in SPECS
        for name, info in spec.query.model_fields.items()
    ]

    used = {found(said.fields, owners, name): (owners, name) for owners, name in wanted}
    assert used.get("") is None
    assert said.fields.keys() == used.keys()
    assert said.headers.keys() == COMPONENTS["headers"].keys()
    assert said.operations.keys() == OPERATIONS.keys()
    assert said.tags.keys() == {tag["name"] for tag in DOCUMENT["tags"]}


def test_each_status_that_an_answer_can_have_is_told_in_chinese() -> None:
    declared = {status for each in OPERATIONS.values() for status in each["responses"]}
    known = {int(status) for status in declared - {"default"}}
    known |= {*PROBLEMS, *STATUS.values(), *FRAMEWORK}
    assert words().statuses.keys() == known
    assert all(CHINESE.search(text) for text in words().statuses.values())


def test_the_kinds_of_messages_are_those_that_have_wordings() -> None:
    kinds = {f"case.{action}" for action in CASE_ACTIONS}
    kinds |= {f"appointment.{action}" for action in APPOINTMENT_ACTIONS}
    assert set(SCHEMAS["MessageView"]["properties"]["kind"]["enum"]) == kinds


def test_no_value_is_named_that_is_on_no_list() -> None:
    shown = [
        part[shapes.LABELS]
        for shape in [*FIELDS.values(), *(each["schema"] for each in PARAMETERS.values())]
        for part in parts(shape)
        if shapes.LABELS in part
    ]
    assert [name for name, labels in words().values.items() if labels not in shown] == []
