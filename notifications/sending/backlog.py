"""How far the workers are behind."""

from tortoise.backends.base.client import BaseDBAsyncClient

from config.database import connection
from notifications.sending import statements


async def oldest_unsent_seconds(using: BaseDBAsyncClient | None = None) -> float:
    """How long the delivery due longest has been waiting for a worker; 0 when none waits."""
    rows = await (using or connection()).execute_query_dict(statements.OLDEST)
    return float(rows[0]["seconds"])
