"""What is refused and what has failed, as problems that say no more than they should."""

import json
from typing import Any

import pytest
from sanic.exceptions import (
    BadRequest,
    HeaderExpectationFailed,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RangeNotSatisfiable,
    RequestTimeout,
    SanicException,
    ServerError,
    ServiceUnavailable,
    Unauthorized,
)
from sanic.response import HTTPResponse
from structlog.testing import capture_logs

from backend.appointments.rules.refusals import SlotFull
from backend.errors import (
    Conflict,
    Forbidden,
    Full,
    Invalid,
    InvalidParam,
    Malformed,
    ServiceError,
    Stale,
    TooLarge,
    TryLater,
    Unauthenticated,
    UnsupportedType,
)
from backend.errors import NotFound as Missing
from backend.errors import TooMany as Many
from backend.http import problems
from backend.http.refusals import (
    BodyInvalid,
    RateLimited,
)
from backend.identity.refusals import TokenMissing
from backend.refusals import StorageFull, Unavailable, VersionStale
from tests.backend.http.requests import a_request


def told(response: HTTPResponse) -> dict[str, Any]:
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = json.loads(response.body or b"")
    assert body["status"] == response.status
    return body


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Malformed, 400),
        (Unauthenticated, 401),
        (Forbidden, 403),
        (Missing, 404),
        (Conflict, 409),
        (Stale, 412),
        (TooLarge, 413),
        (UnsupportedType, 415),
        (Invalid, 422),
        (Many, 429),
        (TryLater, 503),
        (Full, 507),
    ],
)
def test_a_kind_has_one_status(kind: type[ServiceError], status: int) -> None:
    assert problems.status_of(kind) == status


def test_a_refusal_says_what_and_where_and_nothing_that_it_does_not_have() -> None:
    assert problems.document(SlotFull(), instance="abc") == {
        "type": "/docs/problems#slot_full",
        "title": Conflict.title,
        "status": 409,
        "detail": "这个时段已约满，请换一个时段",
        "instance": "urn:request:abc",
        "code": "slot_full",
    }


def test_what_is_wrong_with_a_field_is_said_with_what_may_stand_there() -> None:
    wrong = [
        InvalidParam("form.a", "enum", "不在可选范围内", ("x", "y")),
        InvalidParam("form.b", "missing", "必填"),
    ]
    document = problems.document(BodyInvalid(invalid_params=wrong), instance="abc")
    assert document["invalid_params"] == [
        {"name": "form.a", "code": "enum", "reason": "不在可选范围内", "allowed": ["x", "y"]},
        {"name": "form.b", "code": "missing", "reason": "必填"},
    ]


def test_what_is_stored_and_what_changed_since_is_shown_where_a_refusal_has_it() -> None:
    kept = SlotFull()
    kept.stored = {"form": {}}
    assert problems.document(kept, instance="abc")["stored"] == {"form": {}}
    empty = SlotFull()
    empty.stored, empty.changes = {}, []
    shown = problems.document(empty, instance="abc")
    assert (shown["stored"], shown["changes"]) == ({}, [])
    stale = problems.document(VersionStale([{"text": "已受理"}]), instance="abc")
    assert [change["text"] for change in stale["changes"]] == ["已受理"]
    assert problems.document(VersionStale(), instance="abc").keys() == {
        *("type", "title", "status", "detail", "instance", "code")
    }


@pytest.mark.parametrize(
    ("refused", "headers"),
    [
        (SlotFull(), {}),
        (SlotFull(retry_after=7), {"retry-after": "7"}),
        (SlotFull(retry_after=0), {"retry-after": "0"}),
        (TokenMissing(), {"www-authenticate": "Bearer"}),
        (
            RateLimited(most=600, retry_after=42),
            {
                "retry-after": "42",
                "ratelimit-limit": "600",
                "ratelimit-remaining": "0",
                "ratelimit-reset": "42",
            },
        ),
        (StorageFull(), {"retry-after": "60"}),
        (Unavailable(retry_after=2), {"retry-after": "2"}),
    ],
)
def test_the_headers_say_when_to_come_again_and_how(
    refused: ServiceError, headers: dict[str, str]
) -> None:
    response = problems.refusal(refused, instance="abc")
    assert told(response)["code"] == refused.code
    sent = {name.lower(): value for name, value in response.headers.items()}
    assert {name: value for name, value in sent.items() if name != "cache-control"} == headers


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (BadRequest("x"), 400, "bad_request"),
        (NotFound("x"), 404, "route_not_found"),
        (MethodNotAllowed("x", "GET", ["POST", "PUT"]), 405, "method_not_allowed"),
        (RequestTimeout("x"), 408, "request_timeout"),
        (PayloadTooLarge("x"), 413, "body_too_large"),
        (SanicException("x", status_code=414), 414, "url_too_long"),
        (RangeNotSatisfiable("x"), 416, "range_not_satisfiable"),
        (HeaderExpectationFailed("x"), 417, "expectation_failed"),
        (SanicException("x", status_code=431), 431, "headers_too_large"),
        (ServiceUnavailable("x"), 503, "unavailable"),
        (ServerError("x"), 500, "internal_error"),
        (Unauthorized("x"), 500, "internal_error"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_of_ours(
    error: SanicException, status: int, code: str
) -> None:
    request = a_request()
    request.ctx.request_id = "of-the-client"
    with capture_logs() as lines:
        response = problems.framework_refusal(request, error)
    body = told(response)
    assert (response.status, body["code"]) == (status, code)
    assert body["instance"] == "urn:request:of-the-client"
    assert ("Allow" in response.headers) == (status == 405)
    assert bool(lines) == (status == 500)


def test_the_methods_that_there_are_stand_in_allow() -> None:
    response = problems.framework_refusal(
        a_request(), MethodNotAllowed("x", "GET", ["POST", "PUT"])
    )
    assert response.headers["Allow"] == "POST, PUT"


@pytest.mark.parametrize(
    ("head", "method", "code"),
    [
        (b"GET /" + b"a" * 9000, "NONE", "url_too_long"),
        (b"GET / HTTP/1.1\r\n" + b"a" * 9000, "NONE", "headers_too_large"),
        (b"GET /" + b"a" * 8300 + b" HTTP/1.1\r\nHost: a\r\n", "NONE", "url_too_long"),
        (b"\r\n" + b"a" * 9000, "NONE", "headers_too_large"),
        (b"a" * 8192 + b"\r\n", "NONE", "url_too_long"),
        (b"a" * 8191 + b"\r\n", "NONE", "headers_too_large"),
        (b"", "NONE", "body_too_large"),
        (b"GET / HTTP/1.1\r\n" + b"a" * 9000, "POST", "body_too_large"),
    ],
)
def test_of_a_head_that_is_too_long_it_is_said_what_of_it_is(
    head: bytes, method: str, code: str
) -> None:
    request = a_request(method=method)
    request.stream = type("Stream", (), {"recv_buffer": bytearray(head)})()
    response = problems.framework_refusal(request, PayloadTooLarge("x"))
    assert told(response)["code"] == code
    other = problems.framework_refusal(request, BadRequest("x"))
    assert told(other)["code"] == "bad_request"
