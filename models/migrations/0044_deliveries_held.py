"""The deliveries of a resident that are held back."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0043_held_deliveries")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_held",
            "CREATE INDEX CONCURRENTLY delivery_held ON delivery (resident_id)"
            " WHERE status = 'pending' AND held_until IS NOT NULL",
        ]),
    ]
