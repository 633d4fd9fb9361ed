"""How deliveries go and how far behind the workers are: what Prometheus and /readyz are told."""

from tortoise.backends.base.client import BaseDBAsyncClient

from config.database import connection
from config.metrics import Counter, Gauge, Histogram
from notifications.sending import statements
from notifications.sending.delivery import in_use

DELIVERIES = Counter(
    "yikou_deliveries_total",
    "Attempts to deliver, by channel, template, what became of them, and the class of reaction",
    ["channel", "template", "status", "reaction"],
)
HANDED_OVER = Histogram(
    "yikou_delivery_seconds",
    "Seconds from a change, or from the channel before, to the answer about its message",
    ["channel"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400),
)
BACKLOG = Gauge(
    "yikou_backlog_seconds",
    "Seconds that the delivery due longest has been waiting for a worker",
    ["channel"],
    multiprocess_mode="mostrecent",
)


async def oldest_unsent(using: BaseDBAsyncClient | None = None) -> dict[str, float]:
    """By channel, how long the delivery due longest has been waiting for a worker; 0: none does."""
    rows = await (using or connection()).execute_query_dict(statements.OLDEST, [in_use()])
    return {row["channel"]: float(row["seconds"]) for row in rows}


async def oldest_unsent_seconds(using: BaseDBAsyncClient | None = None) -> float:
    """How long the delivery due longest has been waiting for a worker; 0 when none waits."""
    return max((await oldest_unsent(using)).values(), default=0)
