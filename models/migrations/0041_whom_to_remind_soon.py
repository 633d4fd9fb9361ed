"""The appointments by day of which nobody was reminded within the last hour yet."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    atomic = False
    dependencies = [("models", "0040_reminders_of_the_hour")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS appointment_to_remind_soon",
            "CREATE INDEX CONCURRENTLY appointment_to_remind_soon ON appointment (day)"
            " WHERE status = 'booked' AND reminded_soon_at IS NULL",
        ]),
    ]
