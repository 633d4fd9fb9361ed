"""Look after the offices."""

from functools import partial
from typing import Annotated

import typer

from miniprogram_api.process.commands.telling import tell

Office = Annotated[
    str, typer.Argument(help="网点、单位代码或编号。 The office's or its unit's code, or its id.")
]
Day = Annotated[str, typer.Argument(help="日期。 The day, YYYY-MM-DD.")]
Yes = Annotated[bool, typer.Option("--yes", help="执行；不加则只说明。 Do it; without, only tell.")]

app = typer.Typer(help="管理网点。 Look after the offices.", no_args_is_help=True)


@app.command("list")
def list_offices(
    search: Annotated[
        str | None,
        typer.Argument(help="名称的一部分或代码开头。 A part of the name, or a code's start."),
    ] = None,
) -> None:
    """列出网点及停办日期。 List offices with id, code, state and the days they are closed."""
    from miniprogram_api.process import closing

    tell(partial(closing.shown, search))


@app.command()
def close(
    office: Office,
    day: Day,
    *,
    reason: Annotated[
        str, typer.Option(help="原因，告知居民。 Told to the residents, in Chinese.")
    ],
    yes: Yes = False,
) -> None:
    """网点停办一天，取消预约并通知。 Close an office for a day: cancel bookings, tell residents."""
    from miniprogram_api.process import closing

    tell(partial(closing.close, office, day, reason=reason, confirmed=yes))


@app.command("open")
def reopen(office: Office, day: Day, *, yes: Yes = False) -> None:
    """撤销停办，恢复预约；已取消的不恢复。 Undo `close`; what was cancelled stays cancelled."""
    from miniprogram_api.process import closing

    tell(partial(closing.reopen, office, day, confirmed=yes))
