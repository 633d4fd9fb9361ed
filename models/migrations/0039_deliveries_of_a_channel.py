"""The deliveries due of one channel, the important ones apart; and those that may have to go on."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0038_important_deliveries")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_next",
            "CREATE INDEX CONCURRENTLY delivery_next ON delivery (channel, important, due_at)"
            " WHERE status IN ('pending', 'unknown')",
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_due",
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_to_hand_on",
            "CREATE INDEX CONCURRENTLY delivery_to_hand_on ON delivery (created_at)"
            " WHERE important AND handed_on_at IS NULL"
            " AND status IN ('failed', 'dropped', 'pending', 'waiting_credit')",
        ]),
    ]
