"""Read what people are told, before they are."""

from collections.abc import Iterable
from typing import Annotated

import typer

app = typer.Typer(help="查看消息。 Read what people are told.", no_args_is_help=True)


@app.command()
def table() -> None:
    """列出全部消息：告诉谁、要紧程度、渠道。 List each message: whom it tells, and whereby."""
    from notifications.telling import preview

    _print(preview.table())


@app.command("preview")
def preview_messages(
    kind: Annotated[
        str,
        typer.Argument(help="如 case.approve、approval；不给则全部。 A kind or subject; or all."),
    ] = "",
) -> None:
    """用示例内容预览消息。 Print messages filled in with sample values, for each channel."""
    from config.errors import StartError
    from notifications.telling import preview

    lines = list(preview.filled(kind))
    if not lines:
        raise StartError(f"没有这种消息。 There is no message {kind!r}.")
    _print(lines)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)
