"""Who gives a value that is on no list is told the list, in every query and body."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import ClientSession

from backend.http.openapi import refusals
from backend.http.spec import Spec
from tests.answers import HERE, described
from tests.contract.asking import Ask
from tests.contract.declared import named, path_of, specs
from tests.contract.home import Home, body_of
from tests.live import Live

DOCUMENT = described(HERE)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def values(shape: dict[str, Any]) -> list[str]:
    """The values of a list; none where it is no list of values."""
    for part in (shape, *shape.get("anyOf", [])):
        followed = SCHEMAS[part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
        if listed := followed.get("enum"):
            return list(listed)
    return []


def operation_of(spec: Spec) -> dict[str, Any]:
    """What the document says of the endpoint."""
    return next(
        operation
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        if operation["operationId"] == spec.name
    )


def lists() -> Iterator[tuple[Spec, str, str, list[str]]]:
    """Each parameter and field of a body that has a list of values."""
    for spec in specs():
        operation = operation_of(spec)
        for each in operation["parameters"]:
            if each["in"] == "query" and (listed := values(each["schema"])):
                yield spec, "query", each["name"], listed
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        body = SCHEMAS.get(content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1], {})
        for name, shape in body.get("properties", {}).items():
            if listed := values(shape):
                yield spec, "body", name, listed


LISTS = list(lists())


@pytest.mark.parametrize(
    ("spec", "place", "name", "listed"), LISTS, ids=[f"{named(one[0])} {one[2]}" for one in LISTS]
)
async def test_a_value_that_is_on_no_list_is_refused_with_the_list(  # noqa: PLR0917 - a table
    spec: Spec,
    place: str,
    name: str,
    listed: list[str],
    live: Live,
    http: ClientSession,
    home: Home,
) -> None:
    path = path_of(spec, home.ids)
    ask = Ask(
        method=spec.method,
        path=f"{path}?{name}=nonsense" if place == "query" else path,
        body=body_of(live, spec.method, path) | {name: "nonsense"} if place == "body" else None,
        token=home.token(spec.guard),
        headers={"If-Match": '"1"'},
    )

    heard = await ask.of(http, live)

    assert (heard.status, heard.code) == (422, f"{place}_invalid")
    fault = next(each for each in heard.body["invalid_params"] if each["name"] == name)
    assert fault["allowed"] == listed


def test_there_are_lists_in_queries_and_in_bodies() -> None:
    assert {place for _, place, _, _ in LISTS} == {"query", "body"}


def test_the_codes_of_problems_are_listed_with_their_names() -> None:
    code = SCHEMAS["Problem"]["properties"]["code"]

    assert set(code["enum"]) == {refusal.code for refusal in refusals.all_of(specs())}
    assert code["x-enum-labels"]["slot_full"] == "这个时段已约满"
