"""The command `yikou`.

What a command needs is imported when it runs: `web` and `worker` become another process at once,
and the rest takes most of a second.
"""

# ruff: noqa: PLC0415 - see above

import asyncio
import os
import sys
from typing import Annotated

import typer

from config.errors import told
from config.settings import settings

app = typer.Typer(
    help="Yikou 一口办: run and look after the one-window service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def run() -> None:
    """Start everything on this machine and keep it running until Ctrl-C."""
    from miniprogram_api import launcher

    launcher.run()


@app.command()
def web() -> None:
    """Serve the API; the database must run."""
    _become("miniprogram_api.web")


@app.command()
def worker() -> None:
    """Send the messages that are due; the database must run."""
    _become("notifications")


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    from config import database, migration
    from config.embedded.servers import available

    with available(settings()):
        asyncio.run(migration.migrate(database.url(), applied=_applied))
    typer.echo("The tables are up to date.")


@app.command()
def load() -> None:
    """Load the organisation, the catalogue and the offices; safe to repeat."""
    from config import database, migration
    from config.embedded.servers import available
    from miniprogram_api import administration

    with available(settings()):
        asyncio.run(migration.migrate(database.url(), applied=_applied))
        typer.echo(asyncio.run(administration.load()))


@app.command()
def invite(
    name: Annotated[str, typer.Argument(help="The name of the new member of staff.")],
    posts: Annotated[list[str], typer.Argument(help="unit:role, such as 210102001001:clerk.")],
) -> None:
    """Make a member of staff and show the code that binds their WeChat, once."""
    from config.embedded.servers import available
    from miniprogram_api import administration

    with available(settings()):
        typer.echo(asyncio.run(administration.invite(name, posts)))


def main() -> None:
    """Run the command; what the operator can mend is told in one sentence, with exit status 1."""
    with told():
        app()


def _applied(name: str) -> None:
    typer.echo(f"Migration {name} applied.")


def _become(module: str) -> None:
    # A fresh process: Sanic's helpers import the main module again, and this one is heavy.
    os.execv(sys.executable, [sys.executable, "-m", module])  # noqa: S606 - our own module
