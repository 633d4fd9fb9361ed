"""Look after the papers."""

from functools import partial
from typing import Annotated

import typer

from miniprogram_api.process.commands.telling import tell

app = typer.Typer(help="管理文书。 Look after the papers.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command()
def redraw(
    number: Annotated[str | None, typer.Argument(help="文号。 The paper's number.")] = None,
    *,
    missing: Annotated[
        bool,
        typer.Option("--missing", help="全部缺失的文件。 All whose file the store has not."),
    ] = False,
) -> None:
    """重新生成丢失的文书文件，与出具时逐字节相同。 Draw a lost file again, byte for byte."""
    from miniprogram_api.process import redrawing

    tell(partial(redrawing.redraw, number, missing=missing))
