"""Taking a base backup: the database first, then the bytes of every file it names."""

import asyncio
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from backend.audit import chain
from backend.audit.chain import Head
from backend.backups import copies, statements
from backend.backups.folder import FORMAT, Base, Folder, Manifest, name_files
from backend.files import mounted
from config import clock, database
from config.embedded import tools
from config.release import RELEASE


async def take(url: str, folder: Folder, *, keep: int | None = None) -> Base:
    """Back up the database at `url` and the store; raises StartError. Prunes to `keep` if given.

    The rows of files are read after the base backup, so every file of its moment is among them.
    """
    await mounted.check(url)
    started = clock.now()
    credentials = database.credentials(url)
    path = folder.path / "base" / f"{started:%Y%m%dT%H%M%S.%fZ}"
    path.mkdir(parents=True, mode=0o700)
    try:
        _, before, head = await _named(url)
        await asyncio.to_thread(tools.base_backup, credentials, path / "postgres")
        ended = clock.now()
        state, rows, _ = await _named(url)
        await copies.copy_new([row["key"] for row in rows], folder.files)
    except BaseException:
        shutil.rmtree(path)
        raise
    # Also what was deleted meanwhile: the backup's moment lies between both readings.
    named = {row["key"] for row in (*before, *rows)}
    manifest = Manifest(
        format=FORMAT,
        yikou=RELEASE,
        postgres=state["postgres"],
        system=state["system"],
        started=started.isoformat(),
        ended=ended.isoformat(),
        first_segment=_first_segment(path / "postgres"),
        postgres_bytes=_bytes(path / "postgres"),
        postgres_sha256=digest(path / "postgres"),
        files=len(rows),
        files_bytes=sum(row["size"] for row in rows),
        owner=credentials["user"],
        database=credentials["database"],
        names_sha256=name_files(path, named),
        head=str(head) if head else None,
    )
    folder.write(path, manifest)
    if keep is not None:
        folder.prune(keep)
    return Base(path, manifest)


async def _named(url: str) -> tuple[Any, list[Any], Head | None]:
    """Which server it is, and the rows of files and the access log's head that it has now."""
    connection = await database.single(url)
    try:
        state, rows = (
            await connection.fetchrow(statements.CLUSTER),
            await connection.fetch(statements.KEYS_AND_SIZES),
        )
        return state, rows, await chain.newest(connection)
    finally:
        await connection.close()


def digest(postgres: Path) -> str:
    """The SHA-256 of PostgreSQL's own manifest of a base backup."""
    return sha256((postgres / "backup_manifest").read_bytes()).hexdigest()


def _first_segment(postgres: Path) -> str:
    label = (postgres / "backup_label").read_text()
    return label.partition("(file ")[2].partition(")")[0]


def _bytes(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
