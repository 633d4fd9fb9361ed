"""What the framework refuses before an endpoint is asked is answered and logged like the rest."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from config.logging import request
from miniprogram_api.endpoints import files, session
from tests.serving import Served, served

HEAD = b"Host: x\r\n\r\n"
REFUSED = {
    b"GET /api/v1/nobody-knows HTTP/1.1\r\n" + HEAD: (404, "route_not_found"),
    b"DELETE /api/v1/auth/refresh HTTP/1.1\r\n" + HEAD: (405, "method_not_allowed"),
    b"BREW /api/v1/auth/refresh HTTP/1.1\r\n" + HEAD: (405, "method_not_allowed"),
    b"GET /" + b"a" * 9000: (414, "url_too_long"),
    b"GET / HTTP/1.1\r\nX: " + b"a" * 9000: (431, "headers_too_large"),
    b"nonsense\r\n\r\n": (400, "bad_request"),
    b"POST /api/v1/auth/refresh HTTP/1.1\r\nContent-Length: x\r\n" + HEAD: (400, "bad_request"),
    **{
        b"POST /api/v1/auth/refresh HTTP/1.1\r\n" + header + HEAD + body: (400, "bad_request")
        for header, body in (
            (b"Content-Length : 2\r\n", b"{}"),
            (b"Content-Length\t: 2\r\n", b"{}"),
            (b"Transfer-Encoding : chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
            (b"Transfer-Encoding:\x0bchunked\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
            (b"Transfer-Encoding: gzip, chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
            (b"Host: y\r\n", b""),
            (b"X: a\0b\r\n", b""),
            (b"X: a\rTransfer-Encoding: chunked\r\n", b""),
            (b"X: a\nContent-Length: 5\r\n", b""),
            (b"X: a\r\n b\r\n", b""),
            (b"Transfer-Encoding: chunked\r\n", b"0x2\r\n{}\r\n0\r\n\r\n"),
            (b"Transfer-Encoding: chunked\r\n", b" 2\r\n{}\r\n0\r\n\r\n"),
        )
    },
    b"GET /api/v1/nobody-knows HTTP/1.1\r\n\r\n": (400, "bad_request"),
    b"GET http://x/nobody-knows HTTP/1.1\r\n" + HEAD: (404, "route_not_found"),
    **{
        line + b" HTTP/1.1\r\n" + HEAD: (400, "bad_request")
        for line in (
            b"GET /a b",
            b"GET x:1",
            b"CONNECT x:1",
            b"OPTIONS *",
            b"POST foo",
            b"GET ?",
            b"GET ?name=nobody-knows",
            b"GET nobody-knows",
            b"GET #/nobody-knows",
            b"GET http:/nobody-knows",
            b"GET http://",
            b"GET http:///nobody-knows",
            b"GET http://x",
            b"GET http://x?nobody-knows",
            b"GET http://[x/nobody-knows",
            b"GET http://x:99999/nobody-knows",
            b"GET http://x:y/nobody-knows",
            b"GET /nobody-knows#b",
            b"GET /nobody-knows?a=1#b",
            b"GET http://x/nobody-knows#",
            b"GET ftp://x/nobody-knows",
            b"GET /nobody-knows/\xe5\xbc\xa0",
            b"GET /nobody-knows/\xff",
        )
    },
    b"POST /api/v1/auth/refresh HTTP/1.1\r\nContent-Length: 300000\r\n" + HEAD: (
        413,
        "body_too_large",
    ),
    b"GET /api/v1/auth/refresh HTTP/1.1\r\nExpect: tea\r\nContent-Length: 1\r\n" + HEAD: (
        417,
        "expectation_failed",
    ),
}


# Pieces of what is nearly a target, so that chance comes past the first byte of one.
TARGETS = some.lists(
    some.sampled_from(
        [b"/", b"http:", b"//", b"x", b":1", b"[", b"]", b"@", b"?", b"#", b"%e5", b"*"]
    )
    | some.binary(min_size=1, max_size=20),
    max_size=8,
).map(b"".join)


@pytest.fixture
async def api(database: None) -> AsyncIterator[Served]:
    def named(_logger: object, _method: str, event: Any) -> Any:
        return {"request_id": request.get(), **event}

    structlog.configure(processors=[named, *structlog.get_config()["processors"]])
    async with served([session.routes, files.routes]) as api:
        yield api
    structlog.reset_defaults()


async def answered(api: Served, *sent: bytes) -> tuple[int, dict[str, str], dict[str, str]]:
    """Status, headers and body of the answer to these bytes."""
    port = int(api.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in sent:
            writer.write(part)
        async with asyncio.timeout(30):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
            body = await reader.readexactly(int(headers["content-length"]))
        return int(lines[0].split()[1]), headers, json.loads(body)
    finally:
        writer.close()


@pytest.mark.parametrize("sent", REFUSED)
async def test_it_has_an_id_a_code_and_one_line_in_the_log(
    sent: bytes, api: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    status, headers, body = await answered(api, sent)

    assert (status, body["code"]) == REFUSED[sent]
    assert headers["x-content-type-options"] == "nosniff"
    identity = headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{32}", identity)
    assert body["instance"] == f"urn:request:{identity}"
    logged = [line for line in capsys.readouterr().out.splitlines() if identity in line]
    assert len(logged) == 1
    assert "nobody-knows" not in logged[0]
    assert str(status) in logged[0]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("01996f1e7c3a7b55", True), ("short", False), ("13812345678", False), ("a" * 65, False)],
)
async def test_an_id_of_the_clients_is_kept_unless_it_may_be_somebodys_number(
    *, given: str, kept: bool, api: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    named = f"GET /api/v1/x HTTP/1.1\r\nX-Request-ID: {given}\r\n".encode()
    _, headers, _ = await answered(api, named + HEAD)

    assert (headers["x-request-id"] == given) is kept
    assert headers["x-request-id"] in capsys.readouterr().out


@given(target=TARGETS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_target_goes_without_an_answer(
    target: bytes, api: Served, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.clear()

    status, headers, body = await answered(api, b"GET " + target + b" HTTP/1.1\r\n" + HEAD)

    assert (status, body["code"]) in {(400, "bad_request"), (404, "route_not_found")}
    logged = capsys.readouterr().out
    assert logged.count(headers["x-request-id"]) == 1
    assert "Traceback" not in logged
    assert not [record for record in caplog.records if record.name == "sanic.error"]


@pytest.mark.parametrize("path", ["/api/v1/auth/refresh", "/api/v1/files/content/x"])
async def test_a_body_in_pieces_is_counted(path: str, api: Served) -> None:
    method = "GET" if "content" in path else "POST"
    head = f"{method} {path} HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: x\r\n\r\n".encode()
    piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"

    status, _, body = await answered(api, head, *[piece] * 5)

    assert (status, body["code"]) == (413, "body_too_large")
