"""`python -m backend.backups`: keep YIKOU_BACKUP_DIR up with what happens, until SIGTERM."""

import asyncio
import signal
from pathlib import Path

from backend.backups.folder import Folder
from backend.backups.following import follow
from config import database, logging
from config.errors import StartError, told
from config.settings import settings


def main() -> None:
    """Follow; ends with one sentence when it cannot."""
    with told():
        logging.configure("backup")
        given = settings().backup_dir
        if not given:
            raise StartError("YIKOU_BACKUP_DIR 未设置 / is not set.")
        asyncio.run(_follow(Folder(Path(given).resolve())))


async def _follow(folder: Folder) -> None:
    task = asyncio.ensure_future(follow(database.owner_url(), folder))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return


if __name__ == "__main__":
    main()
