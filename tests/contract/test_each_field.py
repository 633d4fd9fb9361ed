"""Each field of each body: what it cannot be is refused by its name, and nothing happens."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from backend.http.call import Nothing
from backend.http.spec import Spec
from tests import answers
from tests.contract.asking import Ask, Heard
from tests.contract.declared import named, path_of, specs
from tests.contract.home import Home, body_of
from tests.contract.rows import state
from tests.live import Live

HUGE = 10**30
# Neither of them is a value of any other kind.
WRONG: dict[str, tuple[Any, ...]] = {
    "string": (7, True, [], {}, "a\x00b", "\u202egpj"),
    "integer": ("7", 1.5, True, [], HUGE),
    "number": ("7", [], HUGE),
    "boolean": ("true", 1, []),
    "array": ({}, "x", 7),
    "object": ([], "x", 7),
}
TAKES_BODY = [spec for spec in specs() if spec.body not in {None, Nothing}]


def wrong(schema: dict[str, Any], document: dict[str, Any]) -> Iterator[Any]:
    """Values that a field of this schema cannot have."""
    ways = [_resolved(way, document) for way in schema.get("anyOf", [schema])]
    kinds = {way["type"] for way in ways if "type" in way}
    if len(kinds - {"null"}) != 1 or len(ways) > 1 + ("null" in kinds):
        return
    if "null" not in kinds:
        yield None
    [way] = [way for way in ways if way["type"] != "null"]
    yield from WRONG[way["type"]]
    if "maxLength" in way:
        yield "x" * (way["maxLength"] + 1)
    if way.get("minLength"):
        yield ""
    if "maximum" in way:
        yield way["maximum"] + 1
    if "minimum" in way:
        yield way["minimum"] - 1
    if "maxItems" in way:
        yield [{}] * (way["maxItems"] + 1)
    if "enum" in way:
        yield "x"


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


@pytest.mark.parametrize("spec", TAKES_BODY, ids=named)
async def test_a_wrong_value_is_refused_by_the_name_of_its_field(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    path, document = path_of(spec, home.ids), answers.described(live.api)
    operation = answers.operation_of(document, spec.method, path) or {}
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    schema = _resolved(schema, document)
    sound = body_of(live, spec.method, path)
    tried: list[tuple[str, Any]] = [("spell", sound | {"spell": 1})]
    for name, field in schema.get("properties", {}).items():
        tried += [(name, sound | {name: value}) for value in wrong(field, document)]
        if name in schema.get("required", []):
            tried.append((name, {key: sound[key] for key in sound if key != name}))
    before = await state(live)

    async def ask(body: Any) -> Heard:
        headers = {"If-Match": '"1"', "Idempotency-Key": uuid4().hex}
        sent = Ask(
            method=spec.method, path=path, body=body, token=home.token(spec.guard), headers=headers
        )
        return await sent.of(http, live)

    for (name, body), heard in zip(
        tried, await asyncio.gather(*(ask(body) for _, body in tried)), strict=True
    ):
        assert (heard.status, heard.code) == (422, "body_invalid"), (name, body.get(name), heard)
        blamed = {re.split(r"[./\[]", fault["name"])[0] for fault in heard.body["invalid_params"]}
        assert blamed == {name}, (body.get(name), heard.body["invalid_params"])
    assert await state(live) == before
