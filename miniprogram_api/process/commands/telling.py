"""Asking the domain for an answer, and telling it at the terminal."""

import asyncio
from collections.abc import Awaitable, Callable

import typer

from config.settings import settings


def tell(ask: Callable[..., Awaitable[str]]) -> None:
    """Ask with the deployment's servers at hand, and print the answer.

    Nothing is asked before settings and database are known to do; then it is given the time, `now`.
    """
    from config.embedded.availability import available
    from miniprogram_api.process import staffing

    with available(settings()):
        typer.echo(asyncio.run(staffing.run(ask)))
