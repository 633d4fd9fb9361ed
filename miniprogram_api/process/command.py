"""The command `yikou`."""

from typing import Annotated

import typer

from config.errors import told
from config.release import RELEASE
from miniprogram_api.process.commands import (
    access,
    backups,
    consistency,
    data,
    messages,
    offices,
    papers,
    processes,
    staff,
)

app = typer.Typer(
    help="一口办：运行和维护一口式受理系统。 Yikou: run and look after the one-window service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"yikou {RELEASE}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_version, help="显示版本。 Tell the release."
        ),
    ] = False,
) -> None:
    pass


for each in (processes.run, processes.web, processes.worker):
    app.command()(each)
for each in (data.check, data.migrate, data.load):
    app.command()(each)
app.add_typer(staff.app, name="staff")
app.add_typer(offices.app, name="office")
app.add_typer(messages.app, name="messages")
app.add_typer(papers.app, name="papers")
app.command()(consistency.audit)
app.command()(access.verify)
app.command()(backups.backup)
app.command()(backups.restore)


def main() -> None:
    """Run the command; what the operator can mend is told in one sentence, with exit status 1."""
    with told():
        app()
