"""Between two base backups: the database's log as it comes, and each new file within a second."""

import asyncio
import os
import subprocess
from dataclasses import dataclass
from datetime import timedelta

from structlog import get_logger

from backend.backups import copies, statements
from backend.backups.folder import Folder
from config import database
from config.embedded import tools
from config.embedded.processes import Program, spawn, stop
from config.errors import StartError
from config.outages import Spell
from config.patience import WORK

LOOK_SECONDS = 1.0
# A row bears the time at which its upload had arrived. Cleaning and storing the file may take two
# minutes more, and the clock it was taken from may be behind the database's.
_OVERLAP = timedelta(minutes=5)

log = get_logger()


@dataclass(frozen=True)
class _Receiver:
    """The process that receives the log; `telling` ends when all it has said is in ours."""

    program: Program
    process: "subprocess.Popen[bytes]"
    telling: asyncio.Task[None]

    async def end(self) -> None:
        """Stop it, unless it has ended."""
        stop(self.process, self.program)
        await self.telling


async def follow(url: str, folder: Folder) -> None:
    """Keep the backup up with what happens, until cancelled; an outage is waited for.

    Raises StartError if the log's receiver cannot go on.
    """
    receiver = await _receive(url, folder)
    copying = Spell("files_not_backed_up", "files_backed_up_again")
    try:
        everything = True
        while True:
            if receiver.process.poll() is not None:
                await receiver.telling
                raise StartError(
                    "数据库日志的接收已中断，原因见上。 The WAL archive stopped; see above."
                )
            try:
                await _copy(url, folder, everything=everything)
                everything = False
                copying.worked()
            except StartError as error:
                copying.failed(str(error))
                everything = True
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await receiver.end()


async def _receive(url: str, folder: Folder) -> _Receiver:
    connection = await database.single(url, patience=WORK)
    try:
        line = await connection.fetchrow(statements.LINE)
        await connection.fetch(statements.SLOT, tools.SLOT)
    finally:
        await connection.close()
    to = folder.wal(line["system"], line["timeline"])
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    ours, its = os.pipe()
    program = tools.log_stream(database.credentials(url), to, output=its)
    try:
        process = spawn(program)
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(its)
    telling = asyncio.get_running_loop().create_task(_tell(ours))
    return _Receiver(program, process, telling)


async def _tell(pipe: int) -> None:
    """Log what comes out of it, each line an event, until it is closed at its other end."""
    lines = asyncio.StreamReader()
    with os.fdopen(pipe, "rb") as source:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), source
        )
        try:
            async for line in lines:
                log.warning("wal_archive", told=line.decode(errors="replace").strip())
        finally:
            transport.close()


async def _copy(url: str, folder: Folder, *, everything: bool) -> None:
    connection = await database.single(url, patience=WORK)
    try:
        rows = await (
            connection.fetch(statements.KEYS)
            if everything
            else connection.fetch(statements.NEW_KEYS, _OVERLAP)
        )
    finally:
        await connection.close()
    await copies.copy_new([row["key"] for row in rows], folder.files)
