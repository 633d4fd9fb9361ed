"""Check the access log."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from config.settings import settings


def verify(
    head: Annotated[
        str, typer.Option(help="此前记下的链头。 A head that was noted earlier, seq:hash.")
    ] = "",
    backups: Annotated[
        Path | None,
        typer.Option(
            help="备份目录，默认 YIKOU_BACKUP_DIR。 Compare with the heads in these backups."
        ),
    ] = None,
) -> None:
    """核对访问日志未被篡改。 Check that no row of the access log was altered; exit 1 if one was."""
    from backend.audit import chain
    from backend.backups import heads
    from backend.backups.folder import Folder
    from config import database, migration
    from config.embedded.availability import available
    from config.errors import StartError

    try:
        noted = [chain.Head.read(head)] if head else []
    except ValueError:
        raise StartError(
            "链头应写作 seq:hash，照 verify 所示。 A head is written seq:hash, as verify prints it."
        ) from None
    folder = backups or settings().backup_dir
    with available(settings()):
        asyncio.run(migration.check_begun(database.owner_url()))
        if folder:
            noted += asyncio.run(heads.noted(database.owner_url(), Folder(Path(folder).resolve())))
        checked = asyncio.run(chain.check_at(database.owner_url(), noted=noted))
    count = checked.head.seq
    until = f", until {checked.until:%Y-%m-%d %H:%M:%S %Z}" if checked.until else ""
    if checked.fault:
        typer.echo(
            f"访问日志已被篡改。 The access log was tampered with: {checked.fault}.", err=True
        )
        typer.echo(f"核对到第 {count} 行为止。 It was checked as far as row {count}{until}.")
        raise typer.Exit(1)
    typer.echo(f"访问日志 {count} 行完好 / {count} rows of the access log are sound{until}.")
    typer.echo(f"已与另行记下的 {len(noted)} 个链头核对。 Heads noted elsewhere: {len(noted)}.")
    typer.echo(f"链头 Head: {checked.head}")
