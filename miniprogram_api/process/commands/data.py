"""Bring the tables and the city's data up to date."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from config.settings import SettingsError, settings


def migrate() -> None:
    """更新数据库表结构。 Bring the database's tables up to date."""
    from config.embedded.availability import available

    with available(settings(), make=True):
        asyncio.run(_migrate())
    typer.echo("表结构已是最新。 The tables are up to date.")


def check(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="每行一个 JSON。 One JSON object a line.")
    ] = False,
) -> None:
    """检查配置、数据和文件存储。 Check settings, data files and file store; exit 1 for a fault."""
    from backend.papers import trial
    from config import remarks
    from config.settings import examine
    from miniprogram_api.process import data_files, preflight

    given, faults = examine()
    found = data_files.read()
    for row in found.bad:
        typer.echo(json.dumps(asdict(row), ensure_ascii=False) if as_json else str(row))
    if not faults:
        faults = asyncio.run(preflight.of_store())
    if faults:
        raise SettingsError("\n".join(faults))
    if found.bad:
        raise typer.Exit(1)
    if faults := asyncio.run(trial.faults()):
        raise SettingsError("\n".join(faults))
    if not as_json:
        for remark in (*remarks.remarks(given), *data_files.remarks(found)):
            typer.echo(f"提示 note: {remark}")
        typer.echo(
            f"数据文件全部合格：单位 {len(found.units.units)} 个，"
            f"事项 {len(found.catalogue.items)} 个。"
            f" All data files are sound: {len(found.units.units)} units,"
            f" {len(found.catalogue.items)} items."
        )


def load(
    *,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="只说明将有的变化。 Tell what would change, write nothing."),
    ] = False,
) -> None:
    """载入单位、事项和网点，可重复。 Load organisation, catalogue and offices; safe to repeat."""
    from config.embedded.availability import available
    from miniprogram_api.process import administration

    with available(settings()):
        for line in asyncio.run(administration.load(dry_run=dry_run)):
            typer.echo(line)


async def _migrate() -> None:
    from config import database, migration

    owner, application = database.owner_url(), database.url()
    await migration.migrate(owner, application=application, applied=_applied)
    if settings().env == "production" and await migration.owns(application):
        typer.echo(
            "警告：应用账号是表的属主，可以去掉历史记录的保护；请另设 YIKOU_DATABASE_OWNER_URL。"
            " Warning: the application owns its tables and could remove the history's guards;"
            " set YIKOU_DATABASE_OWNER_URL to another role.",
            err=True,
        )


def _applied(name: str) -> None:
    typer.echo(f"已执行迁移 Migration {name} applied.")
