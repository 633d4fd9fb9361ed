"""Rows of any table with nothing in them but what is not null, whatever they point at.

So a constraint is met or broken by the columns that a test names, and by nothing else.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

import asyncpg

from models import uuid7
from tests import stage

MOMENT, DAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC), date(2026, 3, 9)
# What stands in a column of this type that must not be null; of texts and ids each is another.
PLAIN: dict[str, Any] = {
    "bigint": 1,
    "boolean": False,
    "bytea": b"x",
    "date": DAY,
    "double precision": 1.0,
    "integer": 1,
    "jsonb": json.dumps({}),
    "smallint": 1,
    "time with time zone": time(9, tzinfo=UTC),
    "timestamp with time zone": MOMENT,
}
COLUMNS = """
SELECT column_name AS name, data_type AS type FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = $1 AND is_nullable = 'NO'
  AND column_default IS NULL AND is_identity = 'NO'
"""


_texts = count(1)


def _plain(kind: str) -> Any:
    if kind == "uuid":
        return uuid7()
    return str(next(_texts)) if kind in {"text", "character varying"} else PLAIN[kind]


class Rows:
    """A transaction in which rows are written, and of which nothing stays."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    async def put(self, table: str, **values: Any) -> None:
        """Write a row; what it does not name is plain."""
        row = {
            column["name"]: _plain(column["type"])
            for column in await self.owner.fetch(COLUMNS, table)
        } | values
        names = ", ".join(f'"{name}"' for name in row)
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await self.owner.execute(
            f'INSERT INTO "{table}" ({names}) VALUES ({places})', *row.values()
        )

    async def refused(self, table: str, **values: Any) -> str:
        """By which constraint or index a row is refused; nothing where it is taken.

        It stays written where it is taken.
        """
        attempt = self.owner.transaction()
        await attempt.start()
        try:
            await self.put(table, **values)
        except asyncpg.IntegrityConstraintViolationError as error:
            await attempt.rollback()
            return str(error.constraint_name)
        await attempt.commit()
        return ""


@asynccontextmanager
async def written() -> AsyncIterator[Rows]:
    """Rows of the open database, undone afterwards; its triggers and foreign keys are off."""
    async with stage.owner() as owner:
        transaction = owner.transaction()
        await transaction.start()
        try:
            await owner.execute("SET LOCAL session_replication_role = replica")
            yield Rows(owner)
        finally:
            await transaction.rollback()
