"""The short messages of a day, which are counted."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0047_short_messages")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_sms",
            "CREATE INDEX CONCURRENTLY delivery_sms ON delivery (created_at)"
            " WHERE channel = 'sms'",
        ]),
    ]
