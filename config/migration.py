"""Bringing a database's tables up to date, by one process at a time."""

import pkgutil
from collections.abc import Callable
from importlib import import_module

import asyncpg
from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.migrations.api.migrate import migrate as apply

from config import database, grants
from config.errors import StartError
from config.patience import MIGRATION, UPKEEP

# Any number will do, as long as every release uses the same.
LOCK = 0x79696B6F75
_MAY = "SELECT has_schema_privilege('public', 'CREATE')"
_MIGRATED = "SELECT to_regclass('tortoise_migrations') IS NOT NULL"
_UNKNOWN = "SELECT name FROM tortoise_migrations WHERE name <> ALL ($1) ORDER BY name LIMIT 1"


async def migrate(
    url: str, *, application: str | None = None, applied: Callable[[str], object] = print
) -> None:
    """Apply the missing migrations as the owner, telling `applied` the name of each.

    Then the role of the `application`'s URL is given its rights, anew each time.
    Waits for another process that does it, ten minutes at most. Raises StartError when the
    database is away or of another release, the role may not change tables, or somebody holds what
    is to be changed.
    """

    def report(event: str, _app: str, name: str) -> None:
        if event == "apply_done":
            applied(name)

    guard = await database.single(url, patience=UPKEEP)
    try:
        if not await guard.fetchval(_MAY):
            raise StartError(
                "此数据库账号不能修改表结构，请在 YIKOU_DATABASE_OWNER_URL 中填写表属主账号。"
                " This role may not change tables: set YIKOU_DATABASE_OWNER_URL to the owner."
            )
        await guard.execute("SELECT pg_advisory_lock($1)", LOCK)
        await _refuse_unknown(guard)
        async with TortoiseContext():
            config = database.tortoise(url, pool=2, patience=MIGRATION)
            try:
                await apply(config=config, direction="forward", progress=report)
            finally:
                await Tortoise.close_connections()
        if application:
            await grants.grant(guard, application)
    except asyncpg.LockNotAvailableError:
        raise StartError(
            "表结构正被其他进程修改或占用，请稍后再试。"
            " The tables cannot be changed now: another process changes or holds them. Try later."
        ) from None
    finally:
        await guard.close()


async def _refuse_unknown(guard: "asyncpg.Connection[asyncpg.Record]") -> None:
    """An older release does not know what a newer one has changed, and would write beside it."""
    if not await guard.fetchval(_MIGRATED):
        return
    folder = import_module(database.MIGRATIONS)
    known = [module.name for module in pkgutil.iter_modules(folder.__path__)]
    if unknown := await guard.fetchval(_UNKNOWN, known):
        raise StartError(
            f"数据库由另一版本的系统建立（{unknown}），请使用该版本，或恢复升级前的备份。"
            f" Another release of this system made the database ({unknown}): use that release,"
            " or restore the backup from before it."
        )
