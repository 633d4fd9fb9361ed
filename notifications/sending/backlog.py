"""How far the workers are behind."""

from tortoise.backends.base.client import BaseDBAsyncClient

from config.database import connection

OLDEST = """
SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS seconds
FROM delivery WHERE status IN ('pending', 'unknown') AND due_at <= now()
"""


async def oldest_unsent_seconds(using: BaseDBAsyncClient | None = None) -> float:
    """How long the delivery due longest has been waiting for a worker; 0 when none waits."""
    rows = await (using or connection()).execute_query_dict(OLDEST)
    return float(rows[0]["seconds"])
