"""Look after the offices."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from config.settings import settings

app = typer.Typer(help="Look after the offices.", no_args_is_help=True)


@app.command("list")
def list_offices(
    search: Annotated[
        str | None, typer.Argument(help="A part of the name, or a code's start.")
    ] = None,
) -> None:
    """List offices with id, unit, state and the days on which they are closed."""
    from miniprogram_api import closing

    _tell(closing.shown(search))


@app.command()
def close(
    office: Annotated[
        str, typer.Argument(help="The code of the office's unit, or the office's id.")
    ],
    day: Annotated[str, typer.Argument(help="The day, YYYY-MM-DD.")],
    *,
    reason: Annotated[str, typer.Option(help="Told to the residents, in Chinese.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only tell.")] = False,
) -> None:
    """Close an office for a day: cancel what is booked, tell each resident; safe to repeat."""
    from miniprogram_api import closing

    _tell(closing.close(office, day, reason=reason, confirmed=yes))


def _tell(answer: Coroutine[Any, Any, str]) -> None:
    from config.embedded.servers import available
    from miniprogram_api import staffing

    with available(settings()):
        typer.echo(asyncio.run(staffing.run(answer)))
