"""Bring the tables and the city's data up to date."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from config.settings import settings


def migrate() -> None:
    """Bring the database's tables up to date."""
    from config.embedded.servers import available

    with available(settings()):
        asyncio.run(_migrate())
    typer.echo("The tables are up to date.")


def check(
    *, as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False
) -> None:
    """Check settings, data files and file store; change nothing; exit status 1 for a fault."""
    from backend.files import checking
    from miniprogram_api import data_files

    settings()
    found = data_files.read()
    for row in found.bad:
        typer.echo(json.dumps(asdict(row), ensure_ascii=False) if as_json else str(row))
    asyncio.run(checking.check())
    if found.bad:
        raise typer.Exit(1)
    if not as_json:
        for remark in data_files.remarks(found):
            typer.echo(f"note: {remark}")
        typer.echo(
            f"All data files are sound: {len(found.units.units)} units,"
            f" {len(found.catalogue.items)} items."
        )


def load(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would change, and write nothing.")
    ] = False,
) -> None:
    """Load the organisation, the catalogue and the offices; safe to repeat."""
    from config.embedded.servers import available
    from miniprogram_api import administration

    with available(settings()):
        if not dry_run:
            asyncio.run(_migrate())
        for line in asyncio.run(administration.load(dry_run=dry_run)):
            typer.echo(line)


async def _migrate() -> None:
    from config import database, migration

    owner, application = database.owner_url(), database.url()
    if settings().env == "production" and owner == application:
        typer.echo(
            "Warning: the application owns its tables and could remove the history's guards;"
            " set YIKOU_DATABASE_OWNER_URL to another role.",
            err=True,
        )
    await migration.migrate(owner, application=application, applied=_applied)


def _applied(name: str) -> None:
    typer.echo(f"Migration {name} applied.")
