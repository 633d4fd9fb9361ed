"""`python -m sandbox` as a process of its own."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from tests.sandbox.calls import PROGRESS, WeChat

DEAD_URL = "http://127.0.0.1:1/"


async def command(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sandbox",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


@asynccontextmanager
async def running(state: Path, end: signal.Signals) -> AsyncIterator[WeChat]:
    process = await command("--port", "0", "--state", str(state), "--push-url", DEAD_URL)
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    url = next(word for word in line.split() if word.startswith("http")).rstrip("/")
    async with ClientSession() as session:
        yield WeChat(url, session)
    process.send_signal(end)
    _, errors = await process.communicate()
    assert b"Traceback" not in errors
    assert process.returncode == (-end if end == signal.SIGKILL else 0)


async def test_users_credits_and_messages_survive_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "var" / "state.json"
    async with running(state, signal.SIGKILL) as wechat:
        await wechat.control("users/zhang", phone="13900000000", blocked=True)
        await wechat.accept()
        await wechat.accept()
        sent = await wechat.send()
    with state.open("a") as file:
        file.write('{"of":"zhang","mess')

    async with running(state, signal.SIGTERM) as wechat:
        again = await wechat.send()
        user = await wechat.shown("users/zhang")
        messages = await wechat.messages()

    assert [message["msgid"] for message in messages] == [sent["msgid"], again["msgid"]]
    assert again["msgid"] > sent["msgid"]
    assert user["credits"] == {PROGRESS: 0}
    assert (user["phone"], user["blocked"]) == ("13900000000", True)


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = await command("--port", str(taken.getsockname()[1]))
        _, errors = await process.communicate()

    assert process.returncode == 1
    assert errors.decode().count("\n") == 1
    assert "is taken" in errors.decode()


async def test_a_state_file_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    process = await command("--port", "0", "--state", str(tmp_path / "file" / "state.json"))
    _, errors = await process.communicate()

    assert process.returncode == 1
    assert errors.decode().count("\n") == 1
