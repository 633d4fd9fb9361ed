"""Look after the members of staff."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from config.settings import settings

app = typer.Typer(help="Look after the members of staff.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(help="The person's name, or their id where names are alike.")]


@app.command("list")
def list_staff() -> None:
    """List everybody with id, state and posts."""
    from miniprogram_api import staffing

    _tell(staffing.shown())


@app.command()
def invite(
    name: Annotated[str, typer.Argument(help="The name of the new member of staff.")],
    posts: Annotated[list[str], typer.Argument(help="unit:role, such as 210102001001:clerk.")],
    *,
    another: Annotated[bool, typer.Option(help="A second person of a known name.")] = False,
) -> None:
    """Make a member of staff and show the code that binds their WeChat, once."""
    from miniprogram_api import staffing

    _tell(staffing.invite(name, posts, another=another))


@app.command("re-invite")
def invite_again(who: Who) -> None:
    """Show a new code for somebody whose code or WeChat account was lost."""
    from miniprogram_api import staffing

    _tell(staffing.invite_again(who))


@app.command()
def disable(who: Who) -> None:
    """Let somebody in no more, and give back the tasks they had claimed."""
    from miniprogram_api import staffing

    _tell(staffing.disable(who))


@app.command()
def enable(who: Who) -> None:
    """Let somebody who was disabled in again."""
    from miniprogram_api import staffing

    _tell(staffing.enable(who))


@app.command()
def end(
    who: Who,
    post: Annotated[str | None, typer.Option(help="Only this post, written unit:role.")] = None,
) -> None:
    """Let somebody go for good, or end one of their posts."""
    from miniprogram_api import staffing

    _tell(staffing.end(who, post))


def _tell(answer: Coroutine[Any, Any, str]) -> None:
    from config.embedded.servers import available
    from miniprogram_api import staffing

    with available(settings()):
        typer.echo(asyncio.run(staffing.run(answer)))
