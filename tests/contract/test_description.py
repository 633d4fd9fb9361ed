"""The description in words: each field, value and refusal is told in Chinese and shown by example.

The document is built here from the routes, no server is asked.
"""

import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel
from typing_extensions import is_typeddict

from backend.http import conditions, keyed, pages
from backend.http.call import NoQuery, Nothing
from backend.http.openapi import shapes
from backend.http.openapi.refusals import all_of
from backend.http.openapi.words import found, words
from backend.http.problems import Problem, status_of
from miniprogram_api import server
from notifications.telling.wordings import APPOINTMENT_ACTIONS, CASE_ACTIONS
from tests.answers import HERE, compare, described, responses_of

SPECS = [spec for group in server.GROUPS for spec in group.specs]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
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


def all_shapes() -> set[Any]:
    """All shapes of bodies and answers, with those inside them."""
    todo: list[Any] = [Problem, *(part for spec in SPECS for part in (spec.body, spec.answer))]
    seen: set[Any] = {Nothing, NoQuery, None}
    while todo:
        shape = todo.pop()
        if shape not in seen:
            seen.add(shape)
            todo += [inner for each in (shape, *fields(shape).values()) for inner in _inside(each)]
    return seen - {None}


def fields(shape: Any) -> dict[str, Any]:
    """The annotations of a shape's fields, by the names that clients see."""
    kind = get_origin(shape) or shape
    if is_typeddict(kind):
        return get_type_hints(kind, include_extras=True)
    known = kind.model_fields.items()
    return {info.alias or name: info.annotation for name, info in known}


def _inside(annotation: Any) -> Iterator[Any]:
    kind = get_origin(annotation) or annotation
    if is_typeddict(kind) or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        yield annotation
    for inner in get_args(annotation):
        yield from _inside(inner)


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
    assert {(status_of(refusal), refusal.code) for refusal in spec.errors} <= told
    for status, code in told:
        problem = responses[str(status)]["content"]["application/problem+json"]
        assert code in problem["schema"]["allOf"][1]["properties"]["code"]["enum"]


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


def test_an_answer_that_holds_more_than_is_declared_is_found() -> None:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Request-ID": "01996f1e7c3a7b55",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }

    def answered(body: bytes) -> None:
        alive = OPERATIONS["healthz"]
        compare(alive, HERE, status=200, headers=headers, body=body, place="healthz")

    answered(b'{"status": "ok"}')
    with pytest.raises(AssertionError, match="opinion"):
        answered(b'{"status": "ok", "opinion": "..."}')


def test_only_what_the_city_writes_itself_has_no_shape() -> None:
    free = {
        name
        for name, shape in FIELDS.items()
        for part in parts(shape)
        if part.get("type") == "object" and "properties" not in part
    }
    forms = {"CaseView.form", "StaffCase.form", "ItemView.form", "SubmitCase.form"}
    assert free == forms | {"Supplement.form", "Subscriptions.results"}


def test_a_field_that_may_be_null_says_when_and_no_other_does() -> None:
    null = {"type": "null"}
    nullable = {name for name, shape in FIELDS.items() if null in shape.get("anyOf", [])}
    lists = {name for name, shape in FIELDS.items() if "items" in str(shape)}
    told = {name: shape["description"] for name, shape in FIELDS.items()}

    assert len(nullable) > 30
    assert {name for name, text in told.items() if "为空" in text} <= nullable | lists
    assert [name for name in nullable if not re.search("空|没有|不|给一个", told[name])] == []


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
    wanted = [(shapes.owners(shape), name) for shape in all_shapes() for name in fields(shape)]
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
    known |= {status_of(refusal) for refusal in all_of(SPECS)}
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
