"""Checking every answer that a client receives against the server's description of itself.

It holds what is declared and nothing else: mypy lets a builder give more than its shape names, and
what staff see must not come to a resident so. Each refusal must stand there too: its code, at its
status, at this endpoint.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.request import urlopen

import jsonschema_rs
from aiohttp import ClientResponse

from backend.http import openapi
from miniprogram_api import server

PROBLEM = "application/problem+json"
PARAMETER = re.compile(r"\{(\w+)\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
Document = dict[str, Any]
HERE = "this process"
OF_HTTP = {"content-type", "content-length", "connection", "keep-alive"}


class CheckedResponse(ClientResponse):
    """An aiohttp response that fails the test when it is not what /openapi.json says."""

    async def read(self) -> bytes:
        first = self._body is None
        body = await super().read()
        if first:
            check(self.method, str(self.url), status=self.status, headers=self.headers, body=body)
        return body


def check(method: str, url: str, *, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Fail unless the answer's status, media type and body are declared for this endpoint."""
    base, path = re.match(r"(http://[^/]+)([^?]*)", url).groups()  # type: ignore[union-attr]
    document = described(base)
    place = f"{method} {path} {status}: {body[:500]!r}"
    if not document:
        return  # the sandbox, on its own port
    if operation := operation_of(document, method, path):
        compare(operation, base, status=status, headers=headers, body=body, place=place)
        return
    assert status >= 400, f"not described: {place}"
    assert _media(headers) == PROBLEM, place
    _check_problem(json.loads(body), status, place)
    _check_headers(document, _before_any_endpoint(document), headers, place)


def compare(
    operation: Document,
    base: str,
    *,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    place: str,
) -> None:
    """Fail unless this operation of the document at `base` may answer so."""
    media = _media(headers)
    if media == PROBLEM:
        _check_problem(json.loads(body), status, place)
    responses: dict[str, Document] = responses_of(described(base), operation)
    assert status >= 400 or str(status) in responses, f"status: {place}"
    declared = responses[str(status) if str(status) in responses else "default"]
    _check_headers(described(base), declared, headers, place)
    content = declared.get("content", {})
    if not content:
        assert status in {204, 304}, f"no content: {place}"
        assert not body, place
        return
    assert media in content, f"{media}: {place}"
    validator = _validator(base, json.dumps(content[media]["schema"]))
    said = json.loads(body) if "json" in media else body.decode(errors="replace")
    faults = list(validator.iter_errors(said))
    assert not faults, f"{faults[0].message} at {faults[0].instance_path}: {place}"


@cache
def described(base: str) -> Document:
    """The server's own description, of HERE the one made of all routes; empty where it has none."""
    if base == HERE:
        specs = [spec for group in server.GROUPS for spec in group.specs]
        return openapi.document(specs, version="0", server="http://127.0.0.1")
    try:
        with urlopen(f"{base}/openapi.json", timeout=10) as answer:
            document: Document = json.load(answer)
    except (OSError, ValueError):
        return {}
    return document if "paths" in document else {}


def operation_of(document: Document, method: str, path: str) -> Document | None:
    """What the document says of this call, or None."""
    paths = document.get("paths", {})
    for template, pattern in _patterns(tuple(paths)):
        if pattern.fullmatch(path) and method.lower() in paths[template]:
            operation: Document = paths[template][method.lower()]
            return operation
    return None


@cache
def _patterns(templates: tuple[str, ...]) -> list[tuple[str, re.Pattern[str]]]:
    """What the paths of each template match."""
    texts = [re.escape(each).replace(r"\{", "{").replace(r"\}", "}") for each in templates]
    return [
        (template, re.compile(PARAMETER.sub("[^/]+", text)))
        for template, text in zip(templates, texts, strict=True)
    ]


def responses_of(document: Document, operation: Document) -> Document:
    """The operation's answers by status, also those that it shares with others."""
    shared = document["components"]["responses"]
    return {
        status: shared[given["$ref"].rsplit("/", 1)[1]] if "$ref" in given else given
        for status, given in operation["responses"].items()
    }


@cache
def _validator(base: str, schema: str) -> jsonschema_rs.Draft202012Validator:
    components = {"schemas": _closed(described(base)["components"]["schemas"])}
    return jsonschema_rs.Draft202012Validator(json.loads(schema) | {"components": components})


@cache
def _of_header(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema))


def _closed(schemas: Document) -> Document:
    """The shapes with no other fields than they name; what names none is free."""
    return {
        name: shape | {"additionalProperties": False} if "properties" in shape else shape
        for name, shape in schemas.items()
    }


def _media(headers: Mapping[str, str]) -> str:
    return headers.get("Content-Type", "").partition(";")[0]


def _before_any_endpoint(document: Document) -> Document:
    operation: Document = next(iter(next(iter(document["paths"].values())).values()))
    found: Document = responses_of(document, operation)["default"]
    return found


def _check_headers(
    document: Document, declared: Document, headers: Mapping[str, str], place: str
) -> None:
    """Each header but HTTP's own is declared for this answer, and is as it is declared."""
    heard = {name.lower(): value for name, value in headers.items()}
    shown = {
        name.lower(): document["components"]["headers"][given["$ref"].rsplit("/", 1)[1]]
        for name, given in declared.get("headers", {}).items()
    }
    undeclared = heard.keys() - shown.keys() - OF_HTTP
    assert not undeclared, f"headers {undeclared}: {place}"
    needed = {name for name, header in shown.items() if header.get("required")}
    if "idempotent-replayed" not in heard:
        # What is kept under a key is the answer's body.
        needed |= shown.keys() & {"etag"}
    assert not needed - heard.keys(), f"headers {needed - heard.keys()}: {place}"
    for name in heard.keys() & shown.keys():
        schema = shown[name]["schema"]
        value = int(heard[name]) if schema["type"] == "integer" else heard[name]
        assert _of_header(json.dumps(schema)).is_valid(value), f"{name} {value}: {place}"


def _check_problem(problem: Document, status: int, place: str) -> None:
    assert problem["status"] == status, place
    assert re.fullmatch(r"[a-z][a-z0-9_]+", problem["code"]), place
    assert CHINESE.search(problem["title"]), place
    assert CHINESE.search(problem["detail"]), place
    assert problem["instance"].startswith("urn:request:"), place
    for param in problem.get("invalid_params", []):
        assert CHINESE.search(param["reason"]), place
