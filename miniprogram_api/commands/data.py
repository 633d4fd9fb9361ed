"""Bring the tables and the city's data up to date."""

import asyncio

import typer

from config.settings import settings


def migrate() -> None:
    """Bring the database's tables up to date."""
    from config.embedded.servers import available

    with available(settings()):
        asyncio.run(_migrate())
    typer.echo("The tables are up to date.")


def load() -> None:
    """Load the organisation, the catalogue and the offices; safe to repeat."""
    from config.embedded.servers import available
    from miniprogram_api import administration

    with available(settings()):
        asyncio.run(_migrate())
        typer.echo(asyncio.run(administration.load()))


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
