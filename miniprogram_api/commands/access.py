"""Check the access log."""

import asyncio
from typing import Annotated

import typer

from config.settings import settings


def verify(
    head: Annotated[str, typer.Option(help="A head that was noted earlier, seq:hash.")] = "",
) -> None:
    """Check that no row of the access log was altered, moved or taken out; exit 1 if one was."""
    from backend.audit import chain
    from config import database
    from config.embedded.servers import available
    from config.errors import StartError

    try:
        noted = chain.Head.read(head) if head else None
    except ValueError:
        raise StartError("A head is written seq:hash, as verify prints it.") from None
    with available(settings()):
        checked = asyncio.run(chain.check_at(database.owner_url(), noted=noted))
    until = f", until {checked.until:%Y-%m-%d %H:%M:%S %Z}" if checked.until else ""
    typer.echo(f"{checked.head.seq} rows of the access log are sound{until}.")
    typer.echo(f"Head: {checked.head}")
    if checked.fault:
        typer.echo(f"The access log was tampered with: {checked.fault}.", err=True)
        raise typer.Exit(1)
