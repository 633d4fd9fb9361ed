"""What an endpoint may refuse, by status: the codes it declares and those of its kind."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.http.call import Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.openapi import headers
from backend.http.openapi.words import words
from backend.http.pages import Page
from backend.http.problems import FRAMEWORK
from backend.http.routes import Spec

Explained = Mapping[int, Mapping[str, str]]
"""What each code means, in Chinese, by HTTP status."""
_MEDIA = "application/problem+json"
_INSTANCE = "urn:request:01996f1e7c3a7b559c1e3f0a2b4c5d6e"


def responses(spec: Spec, explained: Explained) -> dict[str, Any]:
    """The refusals of one endpoint by status, and `default` for what comes before any endpoint."""
    codes = _codes(spec)
    given = {
        status: [code for code in known if code in codes] for status, known in explained.items()
    }
    shown = {
        str(status): _refusal(spec, {status: listed}, explained, words().statuses[status])
        | {"headers": headers.of_refusal(spec, status)}
        for status, listed in given.items()
        if listed
    }
    before = {status: [code] for status, (code, _) in FRAMEWORK.items()}
    default = _refusal(spec, before, explained, "请求没有到达接口")
    return shown | {"default": default | {"headers": headers.before_any_endpoint()}}


def _codes(spec: Spec) -> set[str]:
    return {*spec.errors, *_usual(spec)}


def examples(specs: Sequence[Spec], explained: Explained) -> dict[str, Any]:
    """Each problem of these endpoints as it is answered, for `components/examples`."""
    given = {code for spec in specs for code in _codes(spec)} | {
        code for code, _ in FRAMEWORK.values()
    }
    return {
        _name(explained, status, code): {
            "summary": text.partition("。")[0],
            "value": {
                "type": f"/docs/problems#{code}",
                "title": text.partition("。")[0],
                "status": status,
                "detail": text,
                "instance": _INSTANCE,
                "code": code,
            },
        }
        for status, codes in explained.items()
        for code, text in codes.items()
        if code in given
    }


def _name(explained: Explained, status: int, code: str) -> str:
    """The code; with its status where that is not the only one."""
    alone = sum(code in codes for codes in explained.values()) == 1
    return code if alone else f"{code}_{status}"


def _usual(spec: Spec) -> Iterator[str]:
    """The codes that follow from what is declared about the endpoint."""
    yield from ("bad_request", "internal_error", "database_unavailable", "unavailable")
    yield "request_timeout"
    if spec.limit is not None:
        yield "rate_limited"
    if spec.queue is not None:
        yield "overloaded"
    if spec.guard in {Guard.RESIDENT, Guard.STAFF}:
        yield from ("token_missing", "token_expired", "token_invalid", "session_ended")
    if spec.records or spec.again:
        yield "not_recorded"
    if spec.records or spec.method != "GET":
        yield "storage_full"
    if "<" in spec.path:
        yield "route_not_found"
    yield from _of_content(spec)
    yield from _of_headers(spec)


def _of_content(spec: Spec) -> Iterator[str]:
    if not spec.multipart:
        yield "body_too_large"
    if spec.body is not Nothing:
        yield from ("json_malformed", "body_invalid")
    if spec.guard is not Guard.WECHAT:
        yield "query_invalid"
    if issubclass(spec.query, Page):
        yield "cursor_invalid"


def _of_headers(spec: Spec) -> Iterator[str]:
    if spec.keyed is not Keyed.NO:
        yield from ("idempotency_key_invalid", "idempotency_key_reused")
        yield "idempotency_key_in_flight"
    if spec.key_required:
        yield "idempotency_key_missing"
    if spec.if_match:
        yield from ("if_match_required", "version_stale")


def _refusal(
    spec: Spec, given: Mapping[int, list[str]], explained: Explained, text: str
) -> dict[str, Any]:
    listed = [(status, code) for status, codes in given.items() for code in codes]
    narrowed = {
        "type": "object",
        "properties": {"code": {"enum": [code for _, code in listed]}},
    }
    content: dict[str, Any] = {
        _MEDIA: {
            "schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, narrowed]},
            "examples": {
                code: {"$ref": f"#/components/examples/{_name(explained, status, code)}"}
                for status, code in listed
            },
        }
    }
    if spec.guard is Guard.WECHAT:
        content["text/plain"] = {"schema": {"type": "string"}, "example": "invalid signature"}
    return {"description": text, "content": content}
