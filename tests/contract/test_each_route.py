"""Each route's headers, parameters and paths: what they cannot be is refused, and nothing done."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.spec import Spec
from tests import answers
from tests.contract.asking import Ask, Heard
from tests.contract.declared import PARAMETER, named, path_of, specs
from tests.contract.home import Home, body_of
from tests.contract.rows import state
from tests.live import Live

MINE = (Guard.STAFF, Guard.ADMIN, Guard.RESIDENT)
KEYED = [spec for spec in specs() if spec.keyed is not Keyed.NO and spec.guard in MINE]
VERSIONED = [spec for spec in specs() if spec.if_match]
ASKED = [spec for spec in specs() if spec.method == "GET" and spec.guard in (*MINE, Guard.OPEN)]
WITH_IDS = [spec for spec in specs() if ":uuid>" in spec.path]
BAD_KEYS = ("", " ", "a b", "k" * 101, "é")
NO_VERSIONS = ("", "*")
BAD_VERSIONS = ("1", '"1', '1"', '"abc"', 'W/"1"', '"1", "2"', '"-1"', '"1.5"', f'"{"9" * 40}"')


def sent(spec: Spec, live: Live, home: Home, *, path: str = "", **headers: str) -> Ask:
    """A sound call of the route, but for what is given."""
    whole = {"If-Match": '"1"', "Idempotency-Key": uuid4().hex} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    own = path_of(spec, home.ids)
    return Ask(
        method=spec.method,
        path=path or own,
        body=body_of(live, spec.method, own),
        token=home.token(spec.guard),
        headers=whole,
    )


async def all_of(asks: list[Ask], http: ClientSession, live: Live) -> list[Heard]:
    return list(await asyncio.gather(*(ask.of(http, live) for ask in asks)))


@pytest.mark.parametrize("spec", KEYED, ids=named)
async def test_a_key_that_is_none_is_refused(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    before = await state(live)
    asks = [sent(spec, live, home, Idempotency_Key=key) for key in BAD_KEYS]

    for key, heard in zip(BAD_KEYS, await all_of(asks, http, live), strict=True):
        assert (heard.status, heard.code) == (422, "idempotency_key_invalid"), (key, heard)
    if spec.key_required:
        without = sent(spec, live, home)
        del without.headers["Idempotency-Key"]
        heard = await without.of(http, live)
        assert (heard.status, heard.code) == (422, "idempotency_key_missing")
    assert await state(live) == before


@pytest.mark.parametrize("spec", VERSIONED, ids=named)
async def test_who_does_not_say_which_version_they_saw_changes_nothing(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    before = await state(live)
    del (without := sent(spec, live, home)).headers["If-Match"]

    for versions, refused in (
        (NO_VERSIONS, (428, "if_match_required")),
        (BAD_VERSIONS, (422, "if_match_invalid")),
    ):
        asks = [sent(spec, live, home, If_Match=version) for version in versions]
        for ask, heard in zip(asks, await all_of(asks, http, live), strict=True):
            assert (heard.status, heard.code) == refused, (ask.headers, heard)
    assert (await without.of(http, live)).code == "if_match_required"
    for stale in ('"0"', '"99"'):
        ask = sent(spec, live, home, If_Match=stale)
        if ask.body and "consent" in ask.body:
            # Else it is the photo of a signature that is missing first.
            ask = replace(ask, body=ask.body | {"consent": {"kind": "oral"}})
        heard = await ask.of(http, live)
        assert heard.code in {"version_stale", "action_not_allowed"}, (stale, heard)
    assert await state(live) == before


def wrong(schema: dict[str, Any]) -> Iterator[str]:
    """What a parameter of this schema cannot be, beside nothing and a NUL."""
    yield from ("", "\x00")
    ways = [way for way in schema.get("anyOf", [schema]) if way.get("type") != "null"]
    if len(ways) != 1:
        return
    [way] = ways
    if way.get("type") == "integer":
        yield from ("x", "1.5", "９", "1e3", "9" * 30, "-1")
    if way.get("type") == "number":
        yield from ("x", "nan", "inf", "1" * 400)
    if way.get("type") == "boolean":
        yield from ("2", "ja")
    if "enum" in way or way.get("format") == "date":
        yield from ("x", "2026-02-30", "' OR 1=1")
    if "maxLength" in way:
        yield "x" * (way["maxLength"] + 1)


@pytest.mark.parametrize("spec", ASKED, ids=named)
async def test_a_parameter_that_cannot_be_is_refused_by_its_name(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    own, document = path_of(spec, home.ids), answers.described(live.api)
    operation = answers.operation_of(document, "GET", own) or {}
    tried = [("spell", "1")]
    for parameter in operation["parameters"]:
        if parameter["in"] == "query":
            schema = parameter["schema"]
            while "$ref" in schema:
                schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
            tried += [(parameter["name"], value) for value in wrong(schema)]
    asks = [
        sent(spec, live, home, path=f"{own}?{name}={quote(value, safe='')}")
        for name, value in tried
    ]

    for (name, value), heard in zip(tried, await all_of(asks, http, live), strict=True):
        assert (heard.status, heard.code) == (422, "query_invalid"), (name, value, heard)
        assert name in {fault["name"] for fault in heard.body["invalid_params"]}, (value, heard)


@pytest.mark.parametrize("spec", WITH_IDS, ids=named)
async def test_an_id_that_is_none_is_nothing(
    spec: Spec, live: Live, http: ClientSession, home: Home
) -> None:
    made = ("x", "1", "%00", uuid4().hex[:-1], f"{uuid4()}x", "..%2f..%2fetc", "%27--")
    paths = [path_of(spec, dict.fromkeys(PARAMETER.findall(spec.path), each)) for each in made]
    asks = [sent(spec, live, home, path=path) for path in paths]

    for ask, heard in zip(asks, await all_of(asks, http, live), strict=True):
        assert heard.status == 404, (ask.path, heard)
