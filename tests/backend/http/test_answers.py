"""An answer as it is sent: its status, its headers, and whether it is sent at all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sanic.response import HTTPResponse

from backend.http import answers
from backend.http.answers import Answer, Response

VALUES = some.integers() | some.text() | some.text(some.sampled_from("a\r\n\0\t\x85\u2028局"))


@given(value=VALUES, status=some.sampled_from([200, 204, 304]))
def test_no_value_of_a_header_adds_a_line(value: object, status: int) -> None:
    headers = {"X-Name": "", "x-other\r\n": "a"}
    ours, sanics = (made(b"", status, headers, "text/x") for made in (Response, HTTPResponse))
    for response in (ours, sanics):
        response.headers["X-Name"] = value

    assert [*ours.processed_headers] == [*sanics.processed_headers]
    assert not any(end in part for one in ours.processed_headers for part in one for end in b"\r\n")


def test_an_answer_is_sent_as_its_kind_and_never_kept_unless_it_says_so() -> None:
    told = answers.respond(Answer({"a": "局"}, 201, headers={"X-Name": "b"}))
    assert (told.status, told.body) == (201, '{"a":"局"}'.encode())
    assert told.content_type == "application/json; charset=utf-8"
    assert dict(told.headers) == {"X-Name": "b", "Cache-Control": "no-store"}
    page = answers.respond(Answer(b"<p>", media_type="text/html"))
    assert (page.status, page.body, page.content_type) == (200, b"<p>", "text/html")


def test_what_says_itself_how_long_it_is_kept_stays_so() -> None:
    kept = answers.respond(Answer(b"", headers={"Cache-Control": "private, max-age=3"}))
    assert kept.headers["Cache-Control"] == "private, max-age=3"


@pytest.mark.parametrize(("status", "sent"), [(200, 204), (201, 201), (202, 202), (204, 204)])
def test_an_answer_of_nothing_has_no_body(status: int, sent: int) -> None:
    told = answers.respond(Answer(None, status))
    assert (told.status, told.body) == (sent, b"")


@pytest.mark.parametrize(
    ("known", "status"),
    [
        (None, 200),
        ("", 200),
        ('"3"', 304),
        ('W/"3"', 304),
        ('"1", "3", "4"', 304),
        ('"33"', 200),
        ('"3-red"', 200),
        ("3", 200),
    ],
)
def test_who_has_the_present_version_is_sent_none(known: str | None, status: int) -> None:
    told = answers.respond(Answer({"a": 1}, version=3), if_none_match=known)
    assert told.status == status
    assert told.body == (b'{"a":1}' if status == 200 else b"")
    assert told.headers["ETag"] == '"3"'
    assert told.headers["Cache-Control"] == "private, no-cache"


def test_a_version_is_told_with_what_else_changes_the_answer() -> None:
    assert Answer({}).etag is None
    assert Answer({}, variant="red").etag is None
    assert Answer({}, version=0).etag == '"0"'
    assert Answer({}, version=3, variant="red").etag == '"3-red"'
    assert answers.respond(Answer({}), if_none_match="None").status == 200


def test_what_everybody_may_keep_is_told_apart_by_its_content() -> None:
    first, same, other = [answers.cached({"a": each}, seconds=60) for each in (1, 1, 2)]
    assert first.etag == same.etag != other.etag
    assert re.fullmatch(r'"0-[a-z]{12}"', first.etag or "")
    told = answers.respond(first, if_none_match=same.etag)
    assert (told.status, told.headers["Cache-Control"]) == (304, "public, max-age=60")
    assert answers.respond(other, if_none_match=first.etag).body == b'{"a":2}'


def test_an_answer_of_before_is_known_by_its_header() -> None:
    assert Answer(b"", headers={"Idempotent-Replayed": "true"}).replayed
    assert not Answer(b"").replayed


@pytest.mark.parametrize(
    ("body", "written"),
    [(None, b""), (b"\xff", b"\xff"), ({}, b"{}"), ([], b"[]"), ("a", b'"a"'), (0, b"0")],
)
def test_how_a_body_becomes_bytes(body: object, written: bytes) -> None:
    assert answers.encode(body) == written
