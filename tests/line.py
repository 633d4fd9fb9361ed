"""A line to the run's PostgreSQL that can fall silent, and lose an answer."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import quote

from tortoise import Tortoise

from config import database
from config.embedded import sockets
from config.patience import Patience
from tests import stage
from tests.stage import Databases, Kind

SOCKET = ".s.PGSQL.5432"


@dataclass
class Line:
    """All connections that are made over it; `talking` is clear while nobody hears the server.

    The next answer to a message with `losing` in it gets lost together with its connection.
    """

    talking: asyncio.Event = field(default_factory=asyncio.Event)
    losing: bytes = b""
    lost: int = 0

    async def carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it."""
        place = str(sockets.folder(stage.RUN_DIR) / SOCKET)
        server, to_server = await asyncio.open_unix_connection(place)
        doomed = asyncio.Event()
        loop = asyncio.get_running_loop()
        there = loop.create_task(self._ask(client, to_server, doomed))
        back = loop.create_task(self._answer(server, to_client, doomed))
        await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        for task in (there, back):
            task.cancel()
        to_client.close()
        to_server.close()

    async def _ask(
        self, client: asyncio.StreamReader, to_server: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while sent := await client.read(65536):
            if self.losing and self.losing in sent:
                self.losing = b""
                doomed.set()
            to_server.write(sent)
            await to_server.drain()

    async def _answer(
        self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while answered := await server.read(65536):
            if doomed.is_set():
                self.lost += 1
                return
            await self.talking.wait()
            to_client.write(answered)
            await to_client.drain()


@contextlib.asynccontextmanager
async def pool_on_a_line(
    databases: Databases, kind: Kind, *, patience: Patience, pool: int = 4
) -> AsyncIterator[Line]:
    """Have the pool on the database of this kind over a line, until the end of the block."""
    await databases.use(kind)
    await databases.close()
    folder = stage.RUN_DIR / f"line_{stage.WORKER}"
    folder.mkdir()
    line = Line()
    line.talking.set()
    server = await asyncio.start_unix_server(line.carry, folder / SOCKET)
    url = f"postgres://yikou_app@/{kind}_{stage.WORKER}?host={quote(str(folder), safe='')}"
    try:
        config = database.tortoise(url, pool=pool, patience=patience)
        await Tortoise.init(config=config, _enable_global_fallback=True)
        yield line
    finally:
        line.talking.set()
        await database.disconnect()
        server.close()
        shutil.rmtree(folder)
