"""`python -m sandbox` as a process of its own."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from tests.forked import Forked, Main
from tests.people import until
from tests.sandbox.calls import PROGRESS, WeChat

DEAD_URL = "http://127.0.0.1:1/"


class Command:
    """The command in the background, with what it says in a folder."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        folder.mkdir(exist_ok=True)
        self.out, self.err = folder / "out", folder / "err"
        self.process = Forked(
            Main("sandbox.__main__", *arguments), os.environ, out=self.out, err=self.err
        )

    async def url(self) -> str:
        """Where it says that it is."""

        async def said() -> list[str]:
            if not self.out.exists() or not (text := self.out.read_text()).endswith("\n"):
                return []
            return [word for word in text.split() if word.startswith("http")]

        return str((await until(said))[0]).rstrip("/")

    async def ended(self) -> tuple[int, str]:
        """Its status and its complaints, once it has ended."""
        status = await asyncio.to_thread(self.process.wait, 60)
        return status, self.err.read_text()


@asynccontextmanager
async def running(folder: Path, state: Path, end: signal.Signals) -> AsyncIterator[WeChat]:
    command = Command(folder, "--port", "0", "--state", str(state), "--push-url", DEAD_URL)
    async with ClientSession() as session:
        yield WeChat(await command.url(), session)
    command.process.send_signal(end)
    status, errors = await command.ended()
    assert "Traceback" not in errors
    assert status == (-end if end == signal.SIGKILL else 0)


async def test_users_credits_and_messages_survive_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "var" / "state.json"
    async with running(tmp_path / "first", state, signal.SIGKILL) as wechat:
        await wechat.control("users/zhang", phone="13900000000", blocked=True)
        await wechat.accept()
        await wechat.accept()
        sent = await wechat.send()
    with state.open("a") as file:
        file.write('{"of":"zhang","mess')

    async with running(tmp_path / "again", state, signal.SIGTERM) as wechat:
        again = await wechat.send()
        user = await wechat.shown("users/zhang")
        messages = await wechat.messages()

    assert [message["msgid"] for message in messages] == [sent["msgid"], again["msgid"]]
    assert again["msgid"] > sent["msgid"]
    assert user["credits"] == {PROGRESS: 0}
    assert (user["phone"], user["blocked"]) == ("13900000000", True)


async def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, errors = await Command(tmp_path, "--port", str(taken.getsockname()[1])).ended()

    assert status == 1
    assert errors.count("\n") == 1
    assert "is taken" in errors


async def test_a_state_file_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = tmp_path / "file" / "state.json"
    status, errors = await Command(tmp_path / "said", "--port", "0", "--state", str(state)).ended()

    assert status == 1
    assert errors.count("\n") == 1
