"""The head of a request is taken as it must be written, and in no other way (RFC 9112)."""

import pytest

from backend.http import protocol

HOST = b"\r\nHost: example.org"
GET = b"GET / HTTP/1.1" + HOST


@pytest.mark.parametrize(
    "head",
    [
        GET,
        b"GET / HTTP/1.0",
        b"GET / HTTP/1.0" + HOST,
        b"GET /a/b?c=d%20e HTTP/1.1\r\nhost:",
        b"OPTIONS http://example.org/a HTTP/1.1" + HOST,
        b"GET HTTPS://example.org/ HTTP/1.1" + HOST,
        b"POST / HTTP/1.1" + HOST + b"\r\nContent-Length: 12",
        b"POST / HTTP/1.1" + HOST + b"\r\nContent-Length:\t0 ",
        b"POST / HTTP/1.1" + HOST + b"\r\nTransfer-Encoding: chunked",
        b"POST / HTTP/1.1" + HOST + b"\r\ntransfer-encoding:\t chunked \t",
        GET + b"\r\nX-Empty:",
        GET + b"\r\n!#$%&'*+.^_`|~-9aZ: tab\tinside",
        GET + "\r\nX-Name: 局".encode(),
        GET + b"\r\nX-Host: a\r\nX-Host: b",
        GET + b"\r\nAccept: a\r\nAccept: b",
    ],
)
def test_what_is_written_well_is_taken(head: bytes) -> None:
    protocol.check_head(head)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET",
        b"GET /",
        b"GET / HTTP/1.1",
        b"GET  / HTTP/1.1" + HOST,
        b"GET /  HTTP/1.1" + HOST,
        b" GET / HTTP/1.1" + HOST,
        b"GET / HTTP/1.1 " + HOST,
        b"GET / HTTP/1.2" + HOST,
        b"GET / HTTP/2.0" + HOST,
        b"GET / http/1.1" + HOST,
        b"GET / HTTP/1.11" + HOST,
        b"GET /a b HTTP/1.1" + HOST,
        b"GET /\x00 HTTP/1.1" + HOST,
        b"GET /\x7f HTTP/1.1" + HOST,
        b"G\tET / HTTP/1.1" + HOST,
        b"GET a HTTP/1.1" + HOST,
        b"GET * HTTP/1.1" + HOST,
        b"GET example.org:443 HTTP/1.1" + HOST,
        b"GET ftp://example.org/ HTTP/1.1" + HOST,
        b"GET http://example.org HTTP/1.1" + HOST,
        b"GET http:///a HTTP/1.1" + HOST,
        b"GET /a#b HTTP/1.1" + HOST,
        b"GET / HTTP/1.1\nHost: example.org",
        GET + b"\r\n",
        GET + b"\r\nX-Name : a",
        GET + b"\r\nX Name: a",
        GET + b"\r\n: a",
        GET + b"\r\nX-Name",
        GET + b"\r\n folded",
        GET + b"\r\nX-Name: a\r\n\tfolded",
        GET + b"\r\nX-Name: a\nX-Other: b",
        GET + b"\r\nX-Name: a\rb",
        GET + b"\r\nX-Name: a\x00",
        GET + b"\r\nX-Name: \x7f",
        GET + "\r\nX-局: a".encode(),
        GET + HOST,
        GET + b"\r\nHOST: other.org",
        b"GET / HTTP/1.0" + HOST + HOST,
        b"POST / HTTP/1.1" + HOST + b"\r\nTransfer-Encoding: gzip",
        b"POST / HTTP/1.1" + HOST + b"\r\nTransfer-Encoding: gzip, chunked",
        b"POST / HTTP/1.1" + HOST + b"\r\nTransfer-Encoding: chunked, chunked",
        b"POST / HTTP/1.1" + HOST + b"\r\nTransfer-Encoding: xchunked",
        b"POST / HTTP/1.1" + HOST + b"\r\nTransfer-Encoding:",
        b"POST / HTTP/1.1" + HOST + b"\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x",
        b"POST / HTTP/1.1" + HOST + b"\r\nContent-Length: +1",
        b"POST / HTTP/1.1" + HOST + b"\r\nContent-Length: -1",
        b"POST / HTTP/1.1" + HOST + b"\r\nContent-Length: 1_0",
        b"POST / HTTP/1.1" + HOST + b"\r\nContent-Length: 0x1",
        b"POST / HTTP/1.1" + HOST + b"\r\nContent-Length: 1, 1",
        b"POST / HTTP/1.1" + HOST + b"\r\nContent-Length:",
        b"POST / HTTP/1.1" + HOST + b"\r\nContent-Length: 1\r\nContent-Length: x",
        b"POST / HTTP/1.1" + HOST + "\r\nContent-Length: ٣".encode(),
    ],
)
def test_what_two_servers_might_read_in_two_ways_is_refused(head: bytes) -> None:
    with pytest.raises(ValueError, match=r"request line|transfer-encoding|content-length|host"):
        protocol.check_head(head)
