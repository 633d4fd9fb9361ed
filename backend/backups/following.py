"""Between two base backups: the database's log as it comes, and each new file within a second."""

import asyncio
import subprocess
from datetime import timedelta

from backend.backups import copies
from backend.backups.folder import Folder
from backend.backups.heads import LINE
from config import database
from config.embedded import tools
from config.embedded.processes import Program, spawn, stop
from config.errors import StartError
from config.outages import Spell
from config.patience import WORK

LOOK_SECONDS = 1.0
# The ids of files tell when they were made; a transaction may commit so much later.
_OVERLAP = timedelta(minutes=2)
_SLOT = """
SELECT pg_create_physical_replication_slot($1, true)
WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)
"""
_NEW = "SELECT key FROM stored_file WHERE created_at > now() - $1::interval"
_ALL = "SELECT key FROM stored_file"


async def follow(url: str, folder: Folder) -> None:
    """Keep the backup up with what happens, until cancelled; an outage is waited for.

    Raises StartError if the log's receiver cannot go on.
    """
    stream = await _stream(url, folder)
    copying = Spell("files_not_backed_up", "files_backed_up_again")
    try:
        everything = True
        while True:
            if stream[0].poll() is not None:
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
        stop(*stream)


async def _stream(url: str, folder: Folder) -> "tuple[subprocess.Popen[bytes], Program]":
    connection = await database.single(url, patience=WORK)
    try:
        line = await connection.fetchrow(LINE)
        await connection.fetch(_SLOT, tools.SLOT)
    finally:
        await connection.close()
    to = folder.wal(line["system"], line["timeline"])
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    program = tools.log_stream(database.credentials(url), to)
    return spawn(program), program


async def _copy(url: str, folder: Folder, *, everything: bool) -> None:
    connection = await database.single(url, patience=WORK)
    try:
        rows = await (connection.fetch(_ALL) if everything else connection.fetch(_NEW, _OVERLAP))
    finally:
        await connection.close()
    await copies.copy_new([row["key"] for row in rows], folder.files)
