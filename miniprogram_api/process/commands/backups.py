"""Back up, and bring a backup back."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from config.settings import settings

Place = Annotated[Path, typer.Argument(help="备份目录。 The folder of the backups.")]


def backup(
    folder: Place,
    keep: Annotated[
        int | None, typer.Option(min=1, help="只保留最新的几份。 Keep only so many of the newest.")
    ] = None,
) -> None:
    """备份数据库和文件，不含密钥。 Copy database and files into a folder, no key among them.

    Any moment since can be restored while YIKOU_BACKUP_DIR names the folder, else this one.
    """
    from backend.backups.folder import Folder
    from backend.backups.taking import take
    from config import database, migration
    from config.embedded.availability import available

    with available(settings()):
        # Whoever upgrades takes a backup first, and may have the new release already.
        asyncio.run(migration.check_begun(database.owner_url()))
        asyncio.run(migration.check(database.owner_url(), older=True))
        made = asyncio.run(take(database.owner_url(), Folder(folder.resolve()), keep=keep))
    size = made.manifest.postgres_bytes + made.manifest.files_bytes
    megabytes, files = size // 1_000_000, made.manifest.files
    typer.echo(
        f"{made.path} 共 {megabytes} MB，含文件 {files} 个"
        f" / holds {megabytes} MB, with {files} files."
    )
    typer.echo(
        "备份中没有 YIKOU_DATA_KEYS，请另行保管。"
        " YIKOU_DATA_KEYS is not in the backup: keep a copy elsewhere."
    )


def restore(
    folder: Place,
    var_dir: Annotated[Path, typer.Argument(help="新的 YIKOU_VAR_DIR，须为空。 An empty folder.")],
    to: Annotated[str, typer.Option(help="时间 RFC 3339 with offset, or latest.")] = "latest",
    *,
    skip_damaged: Annotated[
        bool,
        typer.Option(help="跳过损坏或缺失的文件。 Leave out files damaged or missing."),
    ] = False,
) -> None:
    """恢复到某一时刻并核查。 Bring database and files back, and audit them; exit 1 if not sound."""
    from backend.backups import restoring
    from backend.backups.folder import Folder

    moment = restoring.moment(to)
    restored = restoring.restore(
        Folder(folder.resolve()), var_dir, to=moment, say=typer.echo, skip_damaged=skip_damaged
    )
    head = asyncio.run(restored).manifest.head
    checks = (["audit"], ["verify", *(["--head", head] if head else [])])
    if [command for command in checks if not _sound(command, var_dir)]:
        raise typer.Exit(1)


def _sound(command: list[str], var_dir: Path) -> bool:
    """Run a check on what was restored, which another process opens as its own."""
    elsewhere = {"YIKOU_DATABASE_URL", "YIKOU_FILES_URL", "YIKOU_BACKUP_DIR"}
    kept = {name: value for name, value in os.environ.items() if name not in elsewhere}
    done = subprocess.run(
        [sys.executable, "-m", "miniprogram_api", *command],
        env=kept | {"YIKOU_VAR_DIR": str(var_dir)},
        check=False,
    )
    return done.returncode == 0
