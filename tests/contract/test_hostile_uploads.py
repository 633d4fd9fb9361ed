"""Uploads made to keep the event loop busy: everybody else is still served."""

import asyncio
from collections.abc import Callable, Coroutine
from io import BytesIO

import pytest
from aiohttp import ClientSession, ClientTimeout

from tests.live import Live
from tests.people import person

Ask = Callable[[str, bytes], Coroutine[None, None, int]]
# A server that answers at all answers at once; the old reader kept it silent for 14 s and more.
PATIENCE = ClientTimeout(total=4)
AT_ONCE = 4
LOOK_SECONDS = 0.02


def part(*, head: bytes = b'; filename="a.jpg"', body: bytes = b"x") -> bytes:
    """A form of one part; `head` goes on behind the name of the field."""
    return (
        b'--limit\r\nContent-Disposition: form-data; name="file"%b\r\n\r\n%b\r\n--limit--\r\n'
        % (head, body)
    )


# Boundary and body. Each of the first three held Sanic's own reader for seconds, see above.
ATTACKS = {
    # Decoding it is quadratic in CPython: 500 KB take most of a minute.
    "punycode": (
        "limit",
        part(head=b"\r\nContent-Type: text/plain; charset=punycode", body=b"fiq" + b"a" * 500_000),
    ),
    # So is normalising many combining marks.
    "combining_marks": (
        "limit",
        part(head=b'; filename="%b"' % ("e" + "\u0316\u0301" * 125_000).encode()),
    ),
    # A part every three bytes.
    "many_boundaries": ("a", b"--a" * 2_700_000),
    "near_boundaries": ("limit", part(body=b"\r\n--limi" * 400_000)),
    "long_name": ("limit", part(head=b'; filename="%b"' % (b"a" * 600_000))),
}


@pytest.fixture
async def ask(live: Live, http: ClientSession) -> Ask:
    somebody = person(live, http)
    await somebody.log_in()

    async def send(boundary: str, content: bytes) -> int:
        headers = {
            "Authorization": f"Bearer {somebody.token}",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        }
        url = f"{live.api}/api/v1/files"
        async with http.post(url, data=BytesIO(content), headers=headers) as answer:
            await answer.read()
            return answer.status

    return send


async def served_meanwhile(live: Live, sent: list[asyncio.Task[int]]) -> None:
    """Others are answered, again and again until all that was sent is."""
    async with ClientSession(timeout=PATIENCE) as others:
        pending: object = sent
        while pending:
            async with others.get(f"{live.api}/healthz") as answer:
                assert answer.status == 200
            _, pending = await asyncio.wait(sent, timeout=LOOK_SECONDS)


@pytest.mark.parametrize("attack", ATTACKS)
async def test_nobody_waits_for_an_upload_made_to_be_slow(
    attack: str, live: Live, ask: Ask
) -> None:
    async with asyncio.TaskGroup() as group:
        sent = [group.create_task(ask(*ATTACKS[attack])) for _ in range(AT_ONCE)]
        await served_meanwhile(live, sent)

    assert {task.result() for task in sent} <= {415, 422}


async def test_nobody_waits_for_an_unsigned_push_of_many_elements(
    live: Live, http: ClientSession
) -> None:
    body = b"<xml>" + b"<a/>" * 65_000 + b"</xml>"

    async def push() -> int:
        async with http.post(f"{live.api}/wechat/push", data=body) as answer:
            return answer.status

    async with asyncio.TaskGroup() as group:
        sent = [group.create_task(push()) for _ in range(AT_ONCE)]
        await served_meanwhile(live, sent)

    assert {task.result() for task in sent} == {403}


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 71,
        "multipart/form-data; boundary=a\u00e9",
        "multipart/mixed; boundary=x",
        "application/json",
    ],
)
async def test_an_upload_without_a_sound_boundary_is_refused(
    kind: str, live: Live, http: ClientSession
) -> None:
    somebody = person(live, http)
    await somebody.log_in()
    headers = {"Authorization": f"Bearer {somebody.token}", "Content-Type": kind}

    async with http.post(f"{live.api}/api/v1/files", data=part(), headers=headers) as answer:
        assert answer.status == 422
        assert (await answer.json())["code"] == "file_missing"


async def test_a_body_is_not_read_before_the_caller_is_known(live: Live) -> None:
    """The server answers while the body is still held back."""
    host, _, port = live.api.removeprefix("http://").partition(":")
    for path in ("/api/v1/files", "/api/v1/cases"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
        )
        async with asyncio.timeout(PATIENCE.total):
            assert b" 401 " in await reader.readline()
        writer.close()


async def test_a_body_that_says_it_is_too_large_is_refused_unread(live: Live) -> None:
    host, _, port = live.api.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /api/v1/auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 31000000\r\n"
        b"Content-Type: application/json\r\n\r\n"
    )
    async with asyncio.timeout(PATIENCE.total):
        assert b" 413 " in await reader.readline()
    writer.close()
