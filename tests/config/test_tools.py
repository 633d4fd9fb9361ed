import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from config import database
from config.embedded import sockets, tools
from config.embedded.postgres import OWNER
from config.errors import StartError
from tests import stage

SOCKET = ".s.PGSQL.5432"
HEARD = 2_000_000


async def carry(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
    """Carry a connection to the run's PostgreSQL, which falls silent within its base backup."""
    server, to_server = await asyncio.open_unix_connection(sockets.folder(stage.RUN_DIR) / SOCKET)

    async def answers() -> None:
        heard = 0
        while heard < HEARD and (answered := await server.read(65_536)):
            heard += len(answered)
            to_client.write(answered)
            await to_client.drain()

    answering = asyncio.ensure_future(answers())
    try:
        while asked := await client.read(65_536):
            to_server.write(asked)
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        for writer in (to_client, to_server):
            writer.close()
        await asyncio.gather(
            to_client.wait_closed(), to_server.wait_closed(), return_exceptions=True
        )


@pytest.fixture
async def silent(tmp_path: Path) -> AsyncIterator[str]:
    carried: list[asyncio.Task[None]] = []
    listening = await asyncio.start_unix_server(
        lambda *ends: carried.append(asyncio.ensure_future(carry(*ends))), tmp_path / SOCKET
    )
    yield f"postgres://{OWNER}@/postgres?host={str(tmp_path).replace('/', '%2F')}"
    listening.close()
    async with asyncio.timeout(60):
        await asyncio.gather(*carried, return_exceptions=True)


async def test_a_base_backup_is_given_up_when_its_server_falls_silent(
    silent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "STILL_SECONDS", 1.0)

    with pytest.raises(StartError, match="nothing came for 1 seconds"):
        async with asyncio.timeout(60):
            await asyncio.to_thread(
                tools.base_backup, database.credentials(silent), tmp_path / "base"
            )
    assert any((tmp_path / "base").iterdir())
    async with asyncio.timeout(60):
        while writing(tmp_path):  # noqa: ASYNC110 - other processes do it
            await asyncio.sleep(0.01)


def writing(folder: Path) -> bool:
    """Whether a process that was started to write into this folder still runs."""
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if bytes(folder) in each.read_bytes():
                return True
    return False
