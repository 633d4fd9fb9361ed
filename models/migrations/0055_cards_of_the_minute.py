"""How many cards a member of staff was sent in the last minute, which is asked before each."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0054_family_copies")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_sent_to_staff",
            "CREATE INDEX CONCURRENTLY delivery_sent_to_staff ON delivery (staff_id, sent_at)"
            " WHERE staff_id IS NOT NULL",
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_of_staff",
        ]),
    ]
