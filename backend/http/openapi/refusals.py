"""What an endpoint may refuse, by status: the codes it declares and those of its kind."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from backend.http.call import NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.pages import Page
from backend.http.routes import Spec

PROBLEM = {"$ref": "#/components/schemas/Problem"}
Explained = Mapping[int, Mapping[str, str]]
"""What each code means, in Chinese, by HTTP status."""


def responses(spec: Spec, explained: Explained) -> dict[str, Any]:
    """The refusals of one endpoint by status, and `default` for what any server may answer."""
    codes = {*spec.errors, *_usual(spec)}
    by_status: dict[int, list[str]] = defaultdict(list)
    for status, known in explained.items():
        by_status[status] += [code for code in known if code in codes]
    found = {
        str(status): _refusal(spec, status, given, explained[status])
        for status, given in by_status.items()
        if given
    }
    return found | {"default": _answer(spec, "其他错误", PROBLEM)}


def _usual(spec: Spec) -> Iterator[str]:
    """The codes that follow from what is declared about the endpoint."""
    yield from ("internal_error", "database_unavailable", "unavailable", "overloaded")
    if spec.guard in {Guard.RESIDENT, Guard.STAFF}:
        yield from ("token_missing", "token_expired", "token_invalid", "session_ended")
    yield "rate_limited"
    if spec.body is not Nothing:
        yield from ("json_malformed", "body_too_large", "body_invalid")
    if spec.query is not NoQuery or spec.guard is not Guard.WECHAT:
        yield "query_invalid"
    if issubclass(spec.query, Page):
        yield "cursor_invalid"
    if spec.keyed is not Keyed.NO:
        yield from ("idempotency_key_invalid", "idempotency_key_reused")
        yield "idempotency_key_in_flight"
    if spec.key_required:
        yield "idempotency_key_missing"
    if spec.if_match:
        yield from ("if_match_required", "version_stale")
    if "<" in spec.path:
        yield "route_not_found"


def _refusal(spec: Spec, status: int, codes: list[str], told: Mapping[str, str]) -> dict[str, Any]:
    lines = [f"- `{code}`：{told[code]}" for code in codes]
    narrowed = {"properties": {"code": {"type": "string", "enum": codes}}}
    text = "\n".join([HTTPStatus(status).phrase, "", *lines])
    answer = _answer(spec, text, {"allOf": [PROBLEM, narrowed]})
    answer["content"]["application/problem+json"]["example"] = {
        "type": f"/docs/problems#{codes[0]}",
        "title": told[codes[0]].partition("。")[0],
        "status": status,
        "detail": told[codes[0]],
        "instance": "urn:request:01996f1e7c3a7b559c1e3f0a2b4c5d6e",
        "code": codes[0],
    }
    return answer


def _answer(spec: Spec, text: str, schema: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"application/problem+json": {"schema": schema}}
    if spec.guard is Guard.WECHAT:
        content["text/plain"] = {"schema": {"type": "string"}}
    return {"description": text, "content": content}
