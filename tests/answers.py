"""Checking every answer that a client receives against the server's description of itself."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.request import urlopen

import jsonschema_rs
from aiohttp import ClientResponse

PROBLEM = "application/problem+json"
PARAMETER = re.compile(r"\{(\w+)\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
Document = dict[str, Any]


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
    operation = operation_of(document, method, path)
    place = f"{method} {path} {status}: {body[:500]!r}"
    media = headers.get("Content-Type", "").partition(";")[0]
    if not document:
        return  # the sandbox, on its own port
    if media == PROBLEM:
        _check_problem(json.loads(body), status, place)
    if operation is None:
        assert status >= 400, f"not described: {place}"
        assert media == PROBLEM, place
        return
    responses = operation["responses"]
    assert status >= 400 or str(status) in responses, f"status: {place}"
    declared = responses.get(str(status), responses["default"])
    content = declared.get("content", {})
    if not content:
        # A page, metrics or the description itself; a 204 and a 304 have nothing at all.
        assert (status in {204, 304}) == (not body), place
        return
    assert media in content, f"{media}: {place}"
    validator = _validator(base, json.dumps(content[media]["schema"]))
    faults = list(validator.iter_errors(json.loads(body)))
    assert not faults, f"{faults[0].message} at {faults[0].instance_path}: {place}"


@cache
def described(base: str) -> Document:
    """The server's own description; empty where it has none."""
    try:
        with urlopen(f"{base}/openapi.json", timeout=10) as answer:
            document: Document = json.load(answer)
    except (OSError, ValueError):
        return {}
    return document if "paths" in document else {}


def operation_of(document: Document, method: str, path: str) -> Document | None:
    """What the document says of this call, or None."""
    for template, operations in document.get("paths", {}).items():
        pattern = PARAMETER.sub(
            "[^/]+", re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
        )
        if re.fullmatch(pattern, path) and method.lower() in operations:
            operation: Document = operations[method.lower()]
            return operation
    return None


@cache
def _validator(base: str, schema: str) -> jsonschema_rs.Draft202012Validator:
    components = described(base)["components"]
    return jsonschema_rs.Draft202012Validator(json.loads(schema) | {"components": components})


def _check_problem(problem: Document, status: int, place: str) -> None:
    assert problem["status"] == status, place
    assert re.fullmatch(r"[a-z][a-z0-9_]+", problem["code"]), place
    assert CHINESE.search(problem["title"]), place
    assert CHINESE.search(problem["detail"]), place
    assert problem["instance"].startswith("urn:request:"), place
    for param in problem.get("invalid_params", []):
        assert CHINESE.search(param["reason"]), place
