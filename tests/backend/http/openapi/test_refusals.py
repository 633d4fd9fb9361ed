"""What an endpoint may refuse follows from what it declares: a table written by hand."""

from typing import Any

import pytest

from backend.appointments.rules.refusals import SlotFull
from backend.audit import Act
from backend.cases.rules.refusals import CaseNotFound
from backend.errors import Conflict
from backend.http.answers import Answer
from backend.http.body import Body, Query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.openapi import headers, refusals
from backend.http.pages import Page
from backend.http.problems import FRAMEWORK
from backend.http.refusals import CursorInvalid
from backend.http.spec import Spec
from backend.refusals import ActionNotAllowed
from backend.window.refusals import PersonNotFound
from models import Right

# Of every endpoint, whatever it is.
ALWAYS = {
    *("bad_request", "request_timeout", "internal_error", "database_unavailable", "unavailable"),
    "mandate_missing",
}
CALLER = {"token_missing", "token_expired", "token_invalid", "session_ended"}
FACTOR = {"second_factor_required", "second_factor_missing"}
KEY = {"idempotency_key_invalid", "idempotency_key_reused", "idempotency_key_in_flight"}
BODY = {"body_type_refused", "json_malformed", "body_invalid"}
GET = ALWAYS | {"body_too_large", "query_invalid"}
EVERY_ANSWER = {"X-Request-ID", "X-Content-Type-Options", "Cache-Control"}
LIMITED = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}


class Given(Body):
    """A body."""


class Listed(Page):
    """A list."""


class Wanted(Query):
    """A query."""


async def handler(_call: Call[Nothing, NoQuery]) -> Answer[None]:
    """Answer nothing."""
    return Answer()


def a_spec(guard: Guard = Guard.OPEN, method: str = "GET", **declared: Any) -> Spec:
    """An endpoint that waits for nothing and is not limited, unless it says so."""
    usual: dict[str, Any] = {
        "path": "/api/v1/told",
        "name": "told",
        "summary": "",
        "limit": None,
        "waits": False,
        "handler": handler,
    }
    return Spec(method=method, guard=guard, **usual | declared)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (a_spec(), GET),
        (a_spec(limit=Limit.OPEN), GET | {"rate_limited"}),
        (a_spec(waits=True), GET | {"overloaded"}),
        (a_spec(query=Wanted), GET),
        (a_spec(query=Listed), GET | {"cursor_invalid"}),
        (a_spec(path="/api/v1/told/<told_id:uuid>"), GET | {"route_not_found"}),
        (a_spec(records=(Act.OPEN_CASE,)), GET | {"not_recorded", "storage_full"}),
        (a_spec(again=handler), GET | {"not_recorded"}),
        (a_spec(Guard.WECHAT), GET - {"query_invalid"}),
        (a_spec(Guard.RESIDENT), GET | CALLER),
        (a_spec(Guard.STAFF), GET | CALLER | FACTOR),
        (a_spec(Guard.STAFF, before_factor=True), GET | CALLER),
        (a_spec(Guard.ADMIN), GET | CALLER | FACTOR | {"admin_only"}),
        (a_spec(Guard.ADMIN, before_factor=True), GET | CALLER | {"admin_only"}),
        (
            a_spec(Guard.RESIDENT, behalf=Right.FILL),
            GET | CALLER | {"mandate_expired", "mandate_not_for_item", "mandate_right_missing"},
        ),
        (a_spec(if_match=True), GET | {"if_match_required", "if_match_invalid"}),
        (a_spec(if_match_later=True), GET | {"if_match_required", "if_match_invalid"}),
        (a_spec(method="DELETE"), GET | {"storage_full"}),
        (a_spec(method="PUT", body=Given), GET | BODY | {"storage_full"}),
        (a_spec(method="POST", keyed=Keyed.ATOMIC), GET | KEY | {"storage_full"}),
        (
            a_spec(method="POST", keyed=Keyed.OWN, key_required=True),
            GET | KEY | {"storage_full", "idempotency_key_missing"},
        ),
        (
            a_spec(method="POST", multipart=True),
            (GET | {"storage_full"}) - {"body_too_large"},
        ),
    ],
)
def test_what_follows_from_what_is_declared(spec: Spec, expected: set[str]) -> None:
    found = [each.code for each in refusals.usual(spec)]
    assert sorted(found) == sorted(expected)


def test_what_it_declares_itself_stands_among_them_by_status() -> None:
    spec = a_spec(errors=(SlotFull, CaseNotFound))
    shown = refusals.responses(spec)
    codes = {
        status: list(answer["content"]["application/problem+json"]["examples"])
        for status, answer in shown.items()
    }
    assert codes["409"] == ["slot_full"]
    assert codes["404"] == ["case_not_found"]
    assert codes["403"] == ["mandate_missing"]
    assert codes["503"] == ["database_unavailable", "unavailable"]
    assert list(shown) == [*sorted(set(shown) - {"default"}), "default"]
    assert codes["default"] == [each.code for each in refusals.in_order(FRAMEWORK.values())]
    assert (shown["409"]["headers"], bool(shown["409"]["description"])) == (
        headers.of_refusal(spec, 409),
        True,
    )
    told = shown["409"]["content"]["application/problem+json"]
    assert told["schema"] == {
        "allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"type": "object", "properties": {"code": {"enum": ["slot_full"]}}},
        ]
    }
    assert told["examples"] == {"slot_full": {"$ref": "#/components/examples/slot_full"}}


def test_refusals_stand_by_status_and_then_by_code() -> None:
    mixed = [SlotFull, CaseNotFound, ActionNotAllowed, CursorInvalid, PersonNotFound]
    assert refusals.in_order(mixed) == [
        *(CaseNotFound, PersonNotFound, ActionNotAllowed, SlotFull, CursorInvalid)
    ]
    assert [(status, len(listed)) for status, listed in refusals.by_status(mixed)] == [
        *((404, 2), (409, 2), (422, 1))
    ]


def test_wechat_is_also_refused_in_plain_text() -> None:
    for guard, also in ((Guard.WECHAT, True), (Guard.OPEN, False)):
        shown = refusals.responses(a_spec(guard))
        assert {"text/plain" in answer["content"] for answer in shown.values()} == {also}


def test_all_of_several_endpoints_are_shown_once_each_with_an_example() -> None:
    specs = [a_spec(errors=(SlotFull,)), a_spec(errors=(SlotFull,), of_parts=(CaseNotFound,))]
    found = refusals.all_of(specs)
    assert {SlotFull, CaseNotFound, *FRAMEWORK.values()} <= found
    shown = refusals.examples(specs)
    assert set(shown) == {each.code for each in found}
    assert shown["slot_full"] == {
        "summary": "这个时段已约满",
        "description": "这个时段已约满。请重新读取时段，另选一个。",
        "value": {
            "type": "/docs/problems#slot_full",
            "title": Conflict.title,
            "status": 409,
            "detail": "这个时段已约满，请换一个时段",
            "instance": "urn:request:01996f1e7c3a7b559c1e3f0a2b4c5d6e",
            "code": "slot_full",
        },
    }


def test_the_codes_of_a_problem_are_named_in_its_schema() -> None:
    shown: dict[str, Any] = {"properties": {"code": {"type": "string"}}}
    refusals.name_codes(shown, [a_spec(errors=(SlotFull,))])
    code = shown["properties"]["code"]
    assert "slot_full" in code["enum"]
    assert code["x-enum-labels"]["slot_full"] == "这个时段已约满"
    assert code["enum"] == list(code["x-enum-labels"])


@pytest.mark.parametrize(
    ("spec", "more"),
    [
        (a_spec(), set()),
        (a_spec(limit=Limit.OPEN), LIMITED),
        (a_spec(Guard.RESIDENT), LIMITED),
        (a_spec(Guard.WECHAT), set()),
        (a_spec(etag=True), {"ETag"}),
        (a_spec(sends=("Vary",)), {"Vary"}),
        (a_spec(method="POST", keyed=Keyed.AFTER), {"Idempotent-Replayed"}),
    ],
)
def test_which_headers_an_answer_has(spec: Spec, more: set[str]) -> None:
    assert set(headers.of_success(spec)) == EVERY_ANSWER | more


@pytest.mark.parametrize(
    ("status", "more"),
    [
        (400, set()),
        (401, {"WWW-Authenticate"}),
        (404, set()),
        (409, {"Retry-After"}),
        (412, set()),
        (422, set()),
        (429, {"Retry-After"}),
        (503, {"Retry-After"}),
        (507, {"Retry-After"}),
    ],
)
def test_which_headers_a_refusal_has(status: int, more: set[str]) -> None:
    spec = a_spec(etag=True, method="POST", keyed=Keyed.AFTER, sends=("Vary",), also=(422,))
    own = {"Idempotent-Replayed", "Vary"} if status == 422 else set()
    shown = headers.of_refusal(spec, status)
    assert set(shown) == EVERY_ANSWER | more | own
    assert shown["Cache-Control"] == {"$ref": "#/components/headers/Cache-Control"}


def test_what_is_refused_before_any_endpoint_may_name_the_methods() -> None:
    assert set(headers.before_any_endpoint()) == EVERY_ANSWER | {"Allow"}


def test_each_header_is_described_and_those_of_every_answer_are_required() -> None:
    shown = headers.components()
    assert {name for name, header in shown.items() if header["required"]} == EVERY_ANSWER
    assert all(header["description"] and header["example"] for header in shown.values())
