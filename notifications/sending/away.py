"""How it shows that the database is away."""

import asyncpg
from tortoise.exceptions import BaseORMException

DATABASE_AWAY = (
    BaseORMException,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""What Tortoise and its driver raise while the database restarts, fails over or is cut off."""
