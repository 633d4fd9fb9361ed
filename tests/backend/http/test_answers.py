"""Headers are sent as Sanic itself sends them."""

from hypothesis import given
from hypothesis import strategies as some
from sanic.response import HTTPResponse

from backend.http.answers import Response

VALUES = some.integers() | some.text() | some.text(some.sampled_from("a\r\n\0\t\x85\u2028局"))


@given(value=VALUES, status=some.sampled_from([200, 204, 304]))
def test_no_value_of_a_header_adds_a_line(value: object, status: int) -> None:
    headers = {"X-Name": "", "x-other\r\n": "a"}
    ours, sanics = (made(b"", status, headers, "text/x") for made in (Response, HTTPResponse))
    for response in (ours, sanics):
        response.headers["X-Name"] = value

    assert [*ours.processed_headers] == [*sanics.processed_headers]
    assert not any(end in part for one in ours.processed_headers for part in one for end in b"\r\n")
