"""Whether the folder of the files is the one they were put into: without its disk it is empty."""

from pathlib import Path

from backend.files import statements, store
from config import database
from config.errors import StartError


async def check(url: str) -> None:
    """Raise StartError if the database at `url` names files and the folder is not theirs.

    It is theirs if it has the mark or, filled by an older version, files. A store that
    YIKOU_FILES_URL names elsewhere is asked by `checking`.
    """
    place = store.folder()
    if place is None or (place / store.MARK).exists() or any(place.glob("??/??/*")):
        return
    if await _names_files(url):
        mark = place / store.MARK
        raise StartError(
            f"数据库中有文件，而 {place} 是空的：请挂载文件所在的磁盘；"
            f"文件确已丢失的，先建立 {mark}。 The database names files and this folder is empty:"
            f" mount the disk they are on or, if they are lost, create {mark}."
        )


def mark() -> None:
    """Mark the folder, if there is one, as that of the files; after `check`."""
    if place := store.folder():
        put_mark(place)


def put_mark(place: Path) -> None:
    """Mark this folder, which is made if it is not there."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / store.MARK).touch()


async def _names_files(url: str) -> bool:
    connection = await database.single(url)
    try:
        return bool(await connection.fetchval(statements.ANY_FILE))
    finally:
        await connection.close()
