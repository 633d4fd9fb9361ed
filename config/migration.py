"""Bringing a database's tables up to date, by one process at a time."""

import asyncio
import pkgutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from config import database, grants
from config.errors import StartError
from config.executor import Executor
from config.patience import MIGRATION, UPKEEP

# Any number will do, as long as every release uses the same.
LOCK = 0x79696B6F75
# How the migrations began before the first release; none of its own was ever called so.
_DEVELOPMENT = "0001_initial"
_MAY = "SELECT has_schema_privilege('public', 'CREATE')"
_OWNS = """
SELECT EXISTS (
    SELECT FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND pg_has_role(relowner, 'MEMBER')
)
"""
_TAKE = "SELECT pg_try_advisory_lock($1)"
_LOOK_SECONDS = 0.2
_MIGRATED = "SELECT to_regclass('tortoise_migrations') IS NOT NULL"
_APPLIED = "SELECT name FROM tortoise_migrations"


async def migrate(
    url: str,
    *,
    application: str | None = None,
    upto: str | None = None,
    applied: Callable[[str], object] = print,
) -> None:
    """Apply the missing migrations as the owner, telling `applied` the name of each.

    With `upto` only as far as that one, to have a database as an earlier release left it.
    Then the role of the `application`'s URL is given its rights, anew each time. A role that may
    not change tables has nothing to do where none is missing.
    Waits for another process that does it, ten minutes at most. Raises StartError when the
    database is away or of another release, the role may not do what is to be done, or somebody
    holds what is to be changed.
    """
    async with _guard(url) as guard:
        if not await guard.fetchval(_MAY):
            if missing := await _missing(guard):
                raise StartError(
                    f"缺少迁移 {missing}，而此数据库账号不能修改表结构，"
                    "请在 YIKOU_DATABASE_OWNER_URL 中填写表属主账号。"
                    f" Migration {missing} is missing, and this role may not change tables:"
                    " set YIKOU_DATABASE_OWNER_URL to the owner."
                )
            return
        await _alone(guard)
        _refuse_unknown(await _applied(guard))
        async with TortoiseContext():
            # One connection, which remembers how long it waits for locks.
            config = database.tortoise(url, pool=1, patience=MIGRATION)
            try:
                await Tortoise.init(config=config, init_connections=False)
                executor = Executor(get_connection("default"), config["apps"])
                await executor.advance(upto, applied=applied)
            finally:
                await Tortoise.close_connections()
        if application:
            await grants.grant(guard, application)


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[None]:
    """Be the only process that migrates or loads meanwhile; waits for another, as `migrate` does.

    Raises StartError where the database is away, or the other takes too long.
    """
    async with _guard(url) as guard:
        await _alone(guard)
        yield


@asynccontextmanager
async def _guard(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection whose end gives back the lock."""
    guard = await database.single(url, patience=UPKEEP)
    try:
        yield guard
    except asyncpg.LockNotAvailableError:
        raise StartError(
            "表结构正被其他进程修改或占用，请稍后再试。"
            " The tables cannot be changed now: another process changes or holds them. Try later."
        ) from None
    finally:
        await guard.close()


async def _alone(guard: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Take the lock; LockNotAvailableError where another has it too long.

    Asked again and again: an index that the other builds concurrently would wait for a statement of
    ours that waits for the other.
    """
    end = time.monotonic() + UPKEEP.lock
    while not await guard.fetchval(_TAKE, LOCK):
        if time.monotonic() > end:
            raise asyncpg.LockNotAvailableError
        await asyncio.sleep(_LOOK_SECONDS)


async def check(url: str, *, older: bool = False) -> None:
    """Raise StartError unless the database at `url` has the migrations of this release, no others.

    For every process and command that works on the tables, before it does. With `older` some may
    be missing.
    """
    connection = await database.single(url)
    try:
        missing = await _missing(connection)
    finally:
        await connection.close()
    if missing and not older:
        raise StartError(
            f"数据库的表结构早于本版本（缺少 {missing}），请先执行 yikou migrate。"
            f" The tables are older than this release ({missing} is missing): run 'yikou migrate'."
        )


async def check_begun(url: str) -> None:
    """Raise StartError for a database that no release has migrated yet."""
    connection = await database.single(url)
    try:
        begun = await connection.fetchval(_MIGRATED)
    finally:
        await connection.close()
    if not begun:
        raise StartError(
            "数据库中还没有表，请核对数据库地址和 YIKOU_VAR_DIR，或先执行 yikou migrate。"
            " The database has no tables yet: check its address and YIKOU_VAR_DIR,"
            " or run 'yikou migrate'."
        )


async def owns(url: str) -> bool:
    """Whether the role of the URL may act as the owner of a table of the database."""
    connection = await database.single(url)
    try:
        return bool(await connection.fetchval(_OWNS))
    finally:
        await connection.close()


async def _missing(connection: "asyncpg.Connection[asyncpg.Record]") -> str | None:
    """The first migration that is not applied; StartError for one of another release."""
    try:
        applied = await _applied(connection)
    # The application may read it since the same `migrate` that brings what is missing.
    except asyncpg.InsufficientPrivilegeError:
        applied = set()
    _refuse_unknown(applied)
    return min(_known() - applied, default=None)


async def _applied(connection: "asyncpg.Connection[asyncpg.Record]") -> set[str]:
    if not await connection.fetchval(_MIGRATED):
        return set()
    return {row["name"] for row in await connection.fetch(_APPLIED)}


def _known() -> set[str]:
    folder = import_module(database.MIGRATIONS)
    modules = pkgutil.iter_modules(folder.__path__)
    return {module.name for module in modules if not module.ispkg}


def _refuse_unknown(applied: set[str]) -> None:
    """An older release does not know what a newer one has changed, and would write beside it."""
    unknown = min(applied - _known(), default=None)
    if unknown == _DEVELOPMENT:
        raise StartError(
            "数据库由首次发布前的开发版本建立，不能升级，请另建空数据库（或另设 YIKOU_VAR_DIR）；"
            "如需保留其中的数据，请先用原版本执行 yikou backup。"
            " A development version from before the first release made the database, and it cannot"
            " be upgraded: begin with an empty one (or another YIKOU_VAR_DIR); to keep its data,"
            " run 'yikou backup' of that version first."
        )
    if unknown:
        raise StartError(
            f"数据库由另一版本的系统建立（{unknown}），请使用该版本，或恢复升级前的备份。"
            f" Another release of this system made the database ({unknown}): use that release,"
            " or restore the backup from before it."
        )
