"""What an endpoint may refuse, by status: what it declares and what follows from its kind."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from backend.audit.refusals import NotRecorded
from backend.errors import ServiceError
from backend.http import behalf
from backend.http.call import Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.openapi import headers
from backend.http.openapi.shapes import Schema, label
from backend.http.openapi.words import words
from backend.http.pages import Page
from backend.http.problems import FRAMEWORK, status_of
from backend.http.refusals import (
    BadRequest,
    BodyInvalid,
    BodyTooLarge,
    BodyTypeRefused,
    CursorInvalid,
    DatabaseUnavailable,
    IfMatchInvalid,
    IfMatchRequired,
    InternalError,
    JsonMalformed,
    Overloaded,
    QueryInvalid,
    RateLimited,
    RequestTimeout,
    RouteNotFound,
)
from backend.http.spec import Spec
from backend.idempotency.refusals import (
    IdempotencyKeyInFlight,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
)
from backend.identity.refusals import (
    AdminOnly,
    SessionEnded,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
)
from backend.identity.second_factor.refusals import SecondFactorMissing, SecondFactorRequired
from backend.mandates.refusals import MandateMissing
from backend.refusals import StorageFull, Unavailable
from models import Audience

Refusal = type[ServiceError]
_MEDIA = "application/problem+json"
_INSTANCE = "urn:request:01996f1e7c3a7b559c1e3f0a2b4c5d6e"


def responses(spec: Spec) -> dict[str, Any]:
    """The refusals of one endpoint by status, and `default` for what comes before any endpoint."""
    shown = {
        str(status): _refusal(spec, listed, words().statuses[status])
        | {"headers": headers.of_refusal(spec, status)}
        for status, listed in by_status({*spec.errors, *usual(spec)})
    }
    default = _refusal(spec, in_order(FRAMEWORK.values()), "请求没有到达接口")
    return shown | {"default": default | {"headers": headers.before_any_endpoint()}}


def all_of(specs: Sequence[Spec]) -> set[Refusal]:
    """All that these endpoints may refuse, and what comes before any endpoint."""
    given = {refusal for spec in specs for refusal in (*spec.errors, *spec.of_parts, *usual(spec))}
    return given | {*FRAMEWORK.values()}


def in_order(refusals: Iterable[Refusal]) -> list[Refusal]:
    """By status, then by code."""
    return sorted(refusals, key=lambda each: (status_of(each), each.code))


def by_status(refusals: Iterable[Refusal]) -> Iterator[tuple[int, list[Refusal]]]:
    """The refusals of each status by code, from 400 on."""
    for status, listed in groupby(in_order(refusals), key=status_of):
        yield status, list(listed)


def examples(specs: Sequence[Spec]) -> dict[str, Any]:
    """Each problem of these endpoints as it is answered, for `components/examples`."""
    return {refusal.code: _example(refusal) for refusal in in_order(all_of(specs))}


def name_codes(shown: Schema, specs: Sequence[Spec]) -> None:
    """List in the schema of Problem, in place, the codes of these endpoints with their names."""
    names = {each.code: _summary(each) for each in in_order(all_of(specs))}
    code = shown["properties"]["code"]
    code["enum"] = list(names)
    label(code, names)


def _summary(refusal: Refusal) -> str:
    return refusal.advice.partition("。")[0]


def _example(refusal: Refusal) -> dict[str, Any]:
    return {
        "summary": _summary(refusal),
        "description": refusal.advice,
        "value": {
            "type": f"/docs/problems#{refusal.code}",
            "title": refusal.title,
            "status": status_of(refusal),
            "detail": refusal.sentence.format_map(refusal.example),
            "instance": _INSTANCE,
            "code": refusal.code,
        },
    }


def usual(spec: Spec) -> Iterator[Refusal]:
    """What follows from that which is declared about the endpoint."""
    yield from (BadRequest, InternalError, DatabaseUnavailable, Unavailable, RequestTimeout)
    yield MandateMissing
    if spec.behalf:
        yield from behalf.REFUSALS
    if spec.limit is not None:
        yield RateLimited
    if spec.queue is not None:
        yield Overloaded
    if spec.guard.audience is not None:
        yield from (TokenMissing, TokenExpired, TokenInvalid, SessionEnded)
    if spec.guard.audience is Audience.STAFF and not spec.before_factor:
        yield from (SecondFactorRequired, SecondFactorMissing)
    if spec.guard is Guard.ADMIN:
        yield AdminOnly
    if spec.records or spec.again:
        yield NotRecorded
    if spec.records or spec.method != "GET":
        yield StorageFull
    if "<" in spec.path:
        yield RouteNotFound
    yield from _of_content(spec)
    yield from _of_headers(spec)


def _of_content(spec: Spec) -> Iterator[Refusal]:
    if not spec.multipart:
        yield BodyTooLarge
    if spec.body is not Nothing:
        yield from (BodyTypeRefused, JsonMalformed, BodyInvalid)
    if spec.guard is not Guard.WECHAT:
        yield QueryInvalid
    if issubclass(spec.query, Page):
        yield CursorInvalid


def _of_headers(spec: Spec) -> Iterator[Refusal]:
    if spec.keyed is not Keyed.NO:
        yield from (IdempotencyKeyInvalid, IdempotencyKeyReused, IdempotencyKeyInFlight)
    if spec.key_required:
        yield IdempotencyKeyMissing
    if spec.if_match or spec.if_match_later:
        yield from (IfMatchRequired, IfMatchInvalid)


def _refusal(spec: Spec, listed: Sequence[Refusal], text: str) -> dict[str, Any]:
    codes = [refusal.code for refusal in listed]
    narrowed = {"type": "object", "properties": {"code": {"enum": codes}}}
    content: dict[str, Any] = {
        _MEDIA: {
            "schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, narrowed]},
            "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
        }
    }
    if spec.guard is Guard.WECHAT:
        content["text/plain"] = {"schema": {"type": "string"}, "example": "invalid signature"}
    return {"description": text, "content": content}
