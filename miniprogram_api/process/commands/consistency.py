"""Ask whether what is stored agrees with itself."""

import asyncio
from typing import Annotated

import typer

from config.settings import settings


def audit(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
    everything: Annotated[
        bool,
        typer.Option(
            "--all", help="解密并读取全部内容。 Open all that is sealed, read every file."
        ),
    ] = False,
) -> None:
    """核查数据是否一致，不做改动。 Check that what is stored agrees with itself; exit 1 if not."""
    import orjson

    from backend.consistency import audit
    from config import database, migration
    from config.embedded.availability import available

    with available(settings()):
        asyncio.run(migration.check(database.owner_url()))
        checks = audit.checks(everything=everything)
        findings = asyncio.run(audit.run(database.owner_url(), checks))
    if as_json:
        typer.echo(orjson.dumps(audit.report(findings), option=orjson.OPT_INDENT_2))
    else:
        typer.echo("\n".join(audit.lines(findings)))
    if audit.broken(findings):
        raise typer.Exit(1)
