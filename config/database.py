"""The one way to PostgreSQL: Tortoise on asyncpg."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.context import require_context
from tortoise.transactions import in_transaction

from config.client import Client
from config.connection import Connection
from config.embedded import postgres
from config.errors import StartError
from config.patience import UPKEEP, WORK, Patience
from config.settings import SettingsError, settings

MIGRATIONS = "models.migrations"
OLDEST = 18
SHAPE = "YIKOU_DATABASE_URL 形如 / must look like postgres://user:password@host:5432/name."


def url() -> str:
    """The deployment's database: the given one, or the embedded one of the var dir."""
    given = settings()
    return given.database_url or postgres.url(given.var_dir)


def owner_url() -> str:
    """The same database as the role that owns the tables; the application's own where none is set.

    Used to migrate and to look after the database, never to serve.
    """
    given = settings()
    if given.database_url:
        return given.database_owner_url or given.database_url
    return postgres.owner_url(given.var_dir)


def credentials(url: str) -> dict[str, Any]:
    """The parts of a `postgres://user:password@host:port/name` or `…@/name?host=/socket/dir` URL.

    `?sslmode=` is libpq's. Raises SettingsError.
    """
    try:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        port = int(query.get("port", [parts.port or 5432])[0])
    except ValueError:
        raise SettingsError(SHAPE) from None
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise SettingsError(SHAPE)
    found = {
        "host": query.get("host", [parts.hostname or "localhost"])[0],
        "port": port,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.strip("/")),
    }
    if "sslmode" in query:
        found["ssl"] = query["sslmode"][0]
    return found


def tortoise(url: str, *, pool: int, patience: Patience = WORK) -> dict[str, Any]:
    """Tortoise's configuration with at most `pool` connections, and one aside."""
    bounds = patience.bounds() | {"minsize": min(2, pool), "maxsize": pool}
    return {
        "connections": {
            "default": {
                "engine": "config.client",
                "credentials": credentials(url) | bounds,
            }
        },
        "apps": {
            "models": {
                "models": ["models"],
                "default_connection": "default",
                "migrations": MIGRATIONS,
            }
        },
        "use_tz": True,
        "timezone": "Asia/Shanghai",
    }


async def single(url: str, *, patience: Patience = UPKEEP) -> "asyncpg.Connection[asyncpg.Record]":
    """One connection outside the pool, for session state; raises StartError without one.

    Also if the server is too old: every process opens one before it does anything else.
    """
    parts = credentials(url)
    place = f"{parts['database']} at {parts['host']}:{parts['port']}"
    try:
        connection = await asyncpg.connect(
            **parts, **patience.bounds(), connection_class=Connection
        )
    except TimeoutError:
        raise StartError(f"数据库没有应答。 PostgreSQL {place} does not answer.") from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise StartError(f"数据库无法使用。 PostgreSQL {place} cannot be used: {reason}.") from None
    if (found := connection.get_server_version()).major < OLDEST:
        await connection.close()
        raise StartError(
            f"数据库版本过低，须为 {OLDEST} 及以上。"
            f" PostgreSQL {place} is version {found.major}; {OLDEST} is the oldest."
        )
    return connection


async def connect(patience: Patience = WORK) -> None:
    """Open the process's pool of settings().database_pool connections."""
    config = tortoise(url(), pool=settings().database_pool, patience=patience)
    await Tortoise.init(config=config, _enable_global_fallback=True)


async def disconnect() -> None:
    """Close the pool."""
    await Tortoise.close_connections()


def transaction() -> AbstractAsyncContextManager[BaseDBAsyncClient]:
    """One transaction around whatever the block does, transactions of its own included."""
    return in_transaction()


def within_transaction() -> bool:
    """Whether what the caller does now is a part of a transaction."""
    return isinstance(connection(), TransactionalDBClient)


@asynccontextmanager
async def one_moment() -> AsyncIterator[None]:
    """Whatever the block reads is as of its first statement; it cannot write.

    Never inside a transaction.
    """
    async with in_transaction() as within:
        await within.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def connection() -> BaseDBAsyncClient:
    """The pool, for the few statements written in SQL."""
    return require_context().connections.get("default")


async def ping(server: BaseDBAsyncClient) -> None:
    """Ask for the least there is; returns once it was answered."""
    await server.execute_query("SELECT 1")


def aside() -> BaseDBAsyncClient:
    """One connection more, for who asks how the server is while the pool is in use."""
    return cast("Client", connection()).aside
