"""Bring the tables and the city's data up to date."""

import asyncio

import typer

from config.settings import settings


def migrate() -> None:
    """Bring the database's tables up to date."""
    from config import database, migration
    from config.embedded.servers import available

    with available(settings()):
        asyncio.run(migration.migrate(database.url(), applied=_applied))
    typer.echo("The tables are up to date.")


def load() -> None:
    """Load the organisation, the catalogue and the offices; safe to repeat."""
    from config import database, migration
    from config.embedded.servers import available
    from miniprogram_api import administration

    with available(settings()):
        asyncio.run(migration.migrate(database.url(), applied=_applied))
        typer.echo(asyncio.run(administration.load()))


def _applied(name: str) -> None:
    typer.echo(f"Migration {name} applied.")
