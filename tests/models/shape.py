"""What tables are like: as the catalog of a database has it."""

from dataclasses import dataclass
from typing import Any

from tortoise import Tortoise
from tortoise.context import TortoiseContext

from config import database

_OURS = "c.relnamespace = 'public'::regnamespace AND c.relname !~ '^tortoise_migrations'"
_COLUMNS = f"""
SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                 CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
                 '-- ' || col_description(c.oid, a.attnum)) AS said
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE {_OURS} AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT concat_ws(' -- ', c.relname, obj_description(c.oid)) FROM pg_class c
WHERE {_OURS} AND c.relkind = 'r'
"""
_INDEXES = f"""
SELECT pg_get_indexdef(i.indexrelid) AS said FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE {_OURS}
"""


@dataclass(frozen=True)
class Shape:
    """Tables and columns with type, default and comment; and the definitions of all indexes."""

    columns: frozenset[str]
    indexes: frozenset[str]


async def of(connection: Any) -> Shape:
    """Of the database as it is."""
    columns, indexes = [
        frozenset(row["said"] for row in await connection.fetch(wanted))
        for wanted in (_COLUMNS, _INDEXES)
    ]
    return Shape(columns, indexes)


async def of_models(url: str) -> Shape:
    """What the models alone make of the empty database at the owner's `url`."""
    async with TortoiseContext():
        try:
            await Tortoise.init(config=database.tortoise(url, pool=2))
            await Tortoise.generate_schemas()
        finally:
            await Tortoise.close_connections()
    connection = await database.single(url)
    try:
        return await of(connection)
    finally:
        await connection.close()
