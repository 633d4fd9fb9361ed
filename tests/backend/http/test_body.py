"""What is read of a body and of a query string, and how each fault is told with its place."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from pydantic import Field

from backend.errors import ServiceError
from backend.http import body
from backend.http.body import Body, Query
from backend.http.refusals import BodyInvalid, BodyTypeRefused, JsonMalformed, QueryInvalid
from tests.backend.http.requests import a_request


class Inner(Body):
    """A part of it."""

    size: int


class Asked(Body):
    """What is sent."""

    name: str
    number: int = 0
    share: float = 0.0
    id: Annotated[UUID, Field(strict=False)] | None = None
    parts: list[Inner] = []
    form: dict[str, Any] = {}


class Wanted(Query):
    """What is looked for."""

    day: date | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    lat: float | None = None
    unread: bool = False
    q: str | None = None
    place: Annotated[str | None, Field(alias="from")] = None


class Lenient(Query):
    """What others send in their own way."""

    model_config = {"extra": "ignore"}
    code: str = ""


def parsed(raw: bytes | str, content_type: str | None = None) -> Asked:
    given = [] if content_type is None else [("Content-Type", content_type)]
    sent = raw if isinstance(raw, bytes) else raw.encode()
    return body.parse(a_request(*given, body=sent), Asked)


def faults(refused: ServiceError) -> list[tuple[str, str]]:
    return [(each.name, each.code) for each in refused.invalid_params]


def asked(query: str) -> Wanted:
    return body.parse_query(a_request(method="GET", path=f"/told/one{query}"), Wanted)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "Application/JSON",
        " application/json ",
        "application/json; charset=utf-8",
        "application/json;charset=UTF8",
        'application/json; charset="utf-8"',
        "application/json; charset = utf-8 ",
        "application/json; version=1",
        "application/json; version=1; charset=utf-8",
        "application/json; charset=utf-8; version=1",
    ],
)
def test_json_in_utf8_is_read_whatever_else_its_type_says(content_type: str | None) -> None:
    assert parsed('{"name": "局"}', content_type).name == "局"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/jsonx",
        "application/json2; charset=utf-8",
        "application/json; charset=gbk",
        "application/json; charset=utf-16",
        "application/json; charset=utf-8; charset=gbk",
        "application/json, text/plain",
        "application/json, application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
    ],
)
def test_what_says_that_it_is_no_json_is_refused_and_not_guessed(content_type: str) -> None:
    with pytest.raises(BodyTypeRefused):
        parsed('{"name": "a"}', content_type)
    # Of nothing it does not matter what it is called.
    with pytest.raises(BodyInvalid) as refused:
        parsed("", content_type)
    assert faults(refused.value) == [("name", "missing")]


def test_a_body_is_read_as_it_stands() -> None:
    text = (
        '{"name": "a\\tb\\n", "number": -3, "share": 2, "parts": [{"size": 1}],'
        ' "id": "01996f1e-7c3a-7b55-9c1e-3f0a2b4c5d6e", "form": {"x": [null, true, 0.1]}}'
    )
    found = parsed(text)
    assert (found.name, found.number, found.share) == ("a\tb\n", -3, 2.0)
    assert found.id == UUID("01996f1e-7c3a-7b55-9c1e-3f0a2b4c5d6e")
    assert (found.parts, found.form) == ([Inner(size=1)], {"x": [None, True, 0.1]})


def test_a_line_ends_in_one_way_however_it_was_sent() -> None:
    assert parsed('{"name": "a\\r\\nb\\rc\\u000d\\u000Ad\\\\r"}').name == "a\nb\nc\nd\\r"


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "}",
        "name",
        '{"name": "a",}',
        "{'name': 'a'}",
        '{"name": "a"} x',
        '{"name": "a", "share": NaN}',
        '{"name": "a", "form": {"x": Infinity}}',
        '{"name": "a", "form": {"x": -Infinity}}',
        b'{"name": "\xff"}',
        b"\xef\xbb\xbf{}",
        "[" * 5000,
    ],
)
def test_what_is_no_json_is_called_so(raw: bytes | str) -> None:
    with pytest.raises(JsonMalformed):
        parsed(raw)


def test_a_text_may_speak_of_what_json_does_not_know() -> None:
    assert parsed('{"name": "NaN and Infinity"}').name == "NaN and Infinity"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", [("name", "missing")]),
        ("{}", [("name", "missing")]),
        ("null", [("body", "model_type")]),
        ("[]", [("body", "model_type")]),
        ('"a"', [("body", "model_type")]),
        ('{"name": null}', [("name", "string_type")]),
        ('{"name": 1}', [("name", "string_type")]),
        ('{"name": "a", "number": "1"}', [("number", "int_type")]),
        ('{"name": "a", "number": 1.5}', [("number", "int_type")]),
        ('{"name": "a", "number": true}', [("number", "int_type")]),
        ('{"name": "a", "share": "1"}', [("share", "float_type")]),
        ('{"name": "a", "more": 1}', [("more", "extra_forbidden")]),
        ('{"name": "a", "id": "x"}', [("id", "uuid_parsing")]),
        ('{"name": "a", "parts": {}}', [("parts", "list_type")]),
        (
            '{"name": "a", "parts": [{"size": 1}, {}, {"size": "x", "y": 1}]}',
            [
                ("parts.1.size", "missing"),
                ("parts.2.size", "int_type"),
                ("parts.2.y", "extra_forbidden"),
            ],
        ),
        ('{"name": "a", "name": "b"}', [("name", "repeated")]),
        ('{"name": "a", "form": {"x": {"y": 1, "y": 1}}}', [("y", "repeated")]),
        ('{"name": "a", "form": {"": 1, "": 1}}', [('""', "repeated")]),
        ('{"name": "a\\u0000"}', [("name", "character_refused")]),
        ('{"name": "a\u200bb"}', [("name", "character_refused")]),
        ('{"name": "a", "form": {"x": ["b", "\\u202e"]}}', [("form.x.1", "character_refused")]),
        ('{"name": "a", "form": {"\\u202e": 1}}', [("form", "character_refused")]),
        ('{"\\u202e": 1}', [("body", "character_refused")]),
        ('"\\u202e"', [("body", "character_refused")]),
        (b'{"name": "a"}\x00', [("body", "character_refused")]),
        (
            '{"name": "\\u0007", "form": {"b": "\\u0007", "a": "\\u0007"}}',
            [(place, "character_refused") for place in ("form.a", "form.b", "name")],
        ),
        (
            '{"name": "a", "form": {"x": 0.1000000000000000000001}}',
            [("form.x", "number_too_fine")],
        ),
        ("1e999", [("body", "number_too_fine")]),
    ],
)
def test_each_fault_is_told_with_its_place(raw: bytes | str, expected: list[Any]) -> None:
    with pytest.raises(BodyInvalid) as refused:
        parsed(raw)
    assert faults(refused.value) == expected
    assert all(each.reason for each in refused.value.invalid_params)


def test_no_more_than_twenty_faults_are_told() -> None:
    many = ",".join("{}" for _ in range(30))
    texts = ",".join('"\\u0007"' for _ in range(30))
    for raw in (
        f'{{"name": "a", "parts": [{many}]}}',
        f'{{"name": "a", "form": {{"x": [{texts}]}}}}',
    ):
        with pytest.raises(BodyInvalid) as refused:
            parsed(raw)
        assert len(refused.value.invalid_params) == 20


def test_an_object_within_a_body_is_told_with_the_place_that_it_has_there() -> None:
    assert body.nested({"size": 3}, Inner, under="parts") == Inner(size=3)
    for under, place in (("parts", "parts.size"), ("", "size")):
        with pytest.raises(BodyInvalid) as refused:
            body.nested({"size": "3"}, Inner, under=under)
        assert faults(refused.value) == [(place, "int_type")]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Wanted()),
        ("?", Wanted()),
        ("?day=2026-03-09", Wanted(day=date(2026, 3, 9))),
        ("?limit=1&unread=true", Wanted(limit=1, unread=True)),
        ("?limit=100&unread=false", Wanted(limit=100)),
        ("?lat=-41.85", Wanted(lat=-41.85)),
        ("?lat=41", Wanted(lat=41.0)),
        ("?q=%E5%B1%80+a%2Bb", Wanted(q="局 a+b")),
        ("?q=a%26b%3Dc", Wanted(q="a&b=c")),
        ("?from=%E5%B8%82", Wanted.model_validate({"from": "市"})),
    ],
)
def test_a_query_is_read_from_its_text(query: str, expected: Wanted) -> None:
    assert asked(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?limit=0", [("limit", "greater_than_equal")]),
        ("?limit=101", [("limit", "less_than_equal")]),
        ("?limit=1_0", [("limit", "int_parsing")]),
        ("?limit=%2B1", [("limit", "int_parsing")]),
        ("?limit=1.0", [("limit", "int_parsing")]),
        ("?limit=1e1", [("limit", "int_parsing")]),
        ("?limit=+1", [("limit", "int_parsing")]),
        ("?limit=%D9%A3", [("limit", "int_parsing")]),
        ("?lat=1e1", [("lat", "float_parsing")]),
        ("?lat=nan", [("lat", "float_parsing")]),
        ("?lat=.5", [("lat", "float_parsing")]),
        ("?lat=1_0", [("lat", "float_parsing")]),
        ("?limit=", [("limit", "blank")]),
        ("?q=&day=", [("q", "blank"), ("day", "blank")]),
        ("?q=a&q=a", [("q", "repeated")]),
        ("?q=a&q=b&limit=1&limit=1", [("q", "repeated"), ("limit", "repeated")]),
        ("?x=1", [("x", "extra_forbidden")]),
        ("?place=1", [("place", "extra_forbidden")]),
        ("?q=%00", [("q", "character_refused")]),
        ("?q=a%E2%80%AEb", [("q", "character_refused")]),
        ("?q=%FF", [("q", "character_refused")]),
        ("?day=2026-13-09", [("day", "date_from_datetime_parsing")]),
        ("?unread=x", [("unread", "bool_parsing")]),
    ],
)
def test_each_fault_of_a_query_is_told_with_its_name(query: str, expected: list[Any]) -> None:
    with pytest.raises(QueryInvalid) as refused:
        asked(query)
    assert faults(refused.value) == expected


def test_what_others_send_in_their_own_way_is_read_as_far_as_it_is_known() -> None:
    for query in ("code=b", "code=a&code=b", "code=b&x=&y=%00"):
        request = a_request(method="GET", path=f"/told/one?{query}")
        assert body.parse_query(request, Lenient).code == "b"


def test_a_query_of_many_faults_tells_twenty() -> None:
    many = urlencode([(f"p{number}", "") for number in range(30)])
    with pytest.raises(QueryInvalid) as refused:
        asked(f"?{many}&{quote('局')}=")
    assert len(refused.value.invalid_params) == 20
