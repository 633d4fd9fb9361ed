"""Uploads whose file waits, or whose sender is gone: what is held for them, and that it ends."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from io import BytesIO

import pytest
from aiohttp import FormData

from backend.files import cleaning
from backend.files.contents import FILE_BYTES
from backend.files.pieces import send
from backend.http import receiving
from backend.identity import sessions
from config import clock
from miniprogram_api.endpoints import files
from models import Audience
from tests.backend.files.pictures import PDF
from tests.backend.identity.factories import a_resident
from tests.people import until
from tests.serving import Heard, Served, served

FILES = "/api/v1/files"
LARGE = PDF + bytes(FILE_BYTES - len(PDF))
# What one person may have arriving is enough for so many of the greatest size.
HELD = receiving.ARRIVING_BYTES_OF_ONE // FILE_BYTES
# Less than it takes to give up a file that waits (20 s) or is cleaned (30 s).
SOON = 10.0


class Sender:
    """Somebody who uploads from several connections at once."""

    def __init__(self, api: Served, token: str) -> None:
        self._api, self._token = api, token

    async def another(self) -> "Sender":
        return await a_sender(self._api)

    async def send(self, content: bytes) -> Heard:
        form = FormData()
        form.add_field("file", BytesIO(content), filename="a.pdf")
        return await self._api.ask("POST", FILES, form, token=self._token)

    def begin(self, content: bytes) -> asyncio.Task[Heard]:
        return asyncio.get_running_loop().create_task(self.send(content))

    async def begin_by_hand(self, content: bytes) -> asyncio.StreamWriter:
        """Say that a file comes, and send it as far as it is given here."""
        host, _, port = self._api.url.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"POST {FILES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {FILE_BYTES}\r\n\r\n"
            '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'.encode()
            + content
        )
        await writer.drain()
        return writer


async def a_sender(api: Served) -> Sender:
    resident = await a_resident()
    return Sender(
        api, (await sessions.start(Audience.RESIDENT, resident.id, now=clock.now())).access_token
    )


@pytest.fixture
async def sender(database: None) -> AsyncIterator[Sender]:
    async with served([files.routes]) as api:
        yield await a_sender(api)


@pytest.fixture
async def stopped(sender: Sender) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """The only helper that waits for work, which takes none any more."""
    cleaning.helpers.close()
    assert (await sender.send(PDF)).status == 201
    (helper,) = cleaning.helpers._idle  # noqa: SLF001 - who cleans next can't be told otherwise
    os.kill(helper.pid, signal.SIGSTOP)
    yield helper
    if helper.returncode is None:
        os.kill(helper.pid, signal.SIGCONT)


async def seen(true: Callable[[], bool]) -> None:
    async def look() -> bool:
        return true()

    await until(look, seconds=SOON)


def waiting() -> int:
    return cleaning._waiting.total()  # noqa: SLF001 - what is held, as below


def arriving() -> int:
    return sum(receiving._arriving.values())  # noqa: SLF001 - likewise


def nothing_is_held() -> bool:
    return not (receiving._arriving or cleaning._waiting or cleaning._turns)  # noqa: SLF001


async def dropped(*uploads: asyncio.Task[Heard]) -> None:
    for each in uploads:
        each.cancel()
    await asyncio.gather(*uploads, return_exceptions=True)


async def test_a_sender_who_is_gone_while_a_file_is_cleaned_leaves_nothing(
    sender: Sender, stopped: "subprocess.Popen[bytes]"
) -> None:
    begun = sender.begin(PDF)
    await seen(lambda: stopped not in cleaning.helpers._idle)  # noqa: SLF001 - as above
    assert (waiting(), arriving() > len(PDF)) == (1, True)

    await dropped(begun)

    await seen(lambda: nothing_is_held() and stopped.returncode is not None)
    assert (await sender.send(PDF)).status == 201


async def test_a_sender_who_is_gone_while_a_file_arrives_leaves_nothing(sender: Sender) -> None:
    writer = await sender.begin_by_hand(PDF)
    await seen(lambda: arriving() == FILE_BYTES)

    writer.transport.abort()

    await seen(nothing_is_held)


async def test_one_person_holds_a_few_large_files_and_the_one_too_many_is_sent_away(
    sender: Sender, stopped: "subprocess.Popen[bytes]"
) -> None:
    begun = [sender.begin(LARGE) for _ in range(HELD)]
    await seen(lambda: waiting() == HELD)

    refused = await sender.send(LARGE)

    assert (refused.status, refused.code) == (503, "uploads_busy")
    assert HELD * FILE_BYTES < arriving() <= receiving.ARRIVING_BYTES_OF_ONE
    await dropped(*begun)
    await seen(nothing_is_held)
    assert (await sender.send(LARGE)).status == 201


async def test_a_few_who_send_slowly_keep_nobody_out(sender: Sender) -> None:
    others = [await sender.another() for _ in range(2)]
    writers = [await each.begin_by_hand(PDF) for each in (sender, sender, *others)]
    await seen(lambda: arriving() == len(writers) * FILE_BYTES)

    further = await sender.send(LARGE)
    first = await (await sender.another()).send(LARGE)

    assert (further.status, further.code) == (503, "uploads_busy")
    assert first.status == 201
    for each in writers:
        each.transport.abort()
    await seen(nothing_is_held)


async def test_a_file_that_could_not_be_cleaned_in_time_may_be_sent_again(
    sender: Sender, stopped: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleaning, "CLEAN_SECONDS", 0.2)

    heard = await sender.send(PDF)

    assert (heard.status, heard.code) == (503, "uploads_busy")
    assert heard.headers["Retry-After"]
    monkeypatch.undo()
    assert (await sender.send(PDF)).status == 201


def test_a_helper_whose_web_process_is_gone_says_nothing() -> None:
    workshop = [sys.executable, "-m", "backend.files.workshop"]
    with subprocess.Popen(
        workshop, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as helper:
        assert helper.stdin
        assert helper.stdout
        assert helper.stderr
        helper.stdout.close()
        send(helper.stdin, PDF)  # type: ignore[arg-type]  # typeshed says IO[bytes]
        helper.stdin.close()

        assert helper.stderr.read() == b""
