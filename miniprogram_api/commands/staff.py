"""Look after the members of staff."""

import asyncio
from typing import Annotated

import typer

from config.settings import settings


def invite(
    name: Annotated[str, typer.Argument(help="The name of the new member of staff.")],
    posts: Annotated[list[str], typer.Argument(help="unit:role, such as 210102001001:clerk.")],
) -> None:
    """Make a member of staff and show the code that binds their WeChat, once."""
    from config.embedded.servers import available
    from miniprogram_api import administration

    with available(settings()):
        typer.echo(asyncio.run(administration.invite(name, posts)))
