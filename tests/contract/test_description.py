"""The description in words: each endpoint and refusal is told in Chinese and shown by example."""

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from backend.http.openapi import shapes
from backend.http.openapi.refusals import all_of
from backend.http.openapi.words import found, words
from backend.http.problems import status_of
from tests.answers import CHINESE, HERE, compare, responses_of
from tests.contract.description import (
    COMPONENTS,
    DOCUMENT,
    OPERATIONS,
    PARAMETERS,
    SCHEMAS,
    SPECS,
    all_shapes,
    faults,
    fields,
)


def contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every media type of every body and answer, with where it stands."""
    for name, operation in OPERATIONS.items():
        parts = {"body": operation.get("requestBody", {})} | responses_of(DOCUMENT, operation)
        for place, part in parts.items():
            for media, content in part.get("content", {}).items():
                yield f"{name} {place} {media}", content


def test_the_document_is_sound() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_an_endpoint_says_in_chinese_what_it_does() -> None:
    told = {name: operation["summary"] for name, operation in OPERATIONS.items()}
    assert [name for name, text in told.items() if not CHINESE.search(text)] == []


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


def test_no_component_shows_the_module_that_it_comes_from() -> None:
    assert [name for name in SCHEMAS if "__" in name or name.endswith("_")] == []


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
