"""The cases to be warned of by time, and the appointments not reminded of yet by day."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    atomic = False
    dependencies = [("models", "0028_reminders_of_residents")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS case_to_warn_of",
                'CREATE INDEX CONCURRENTLY case_to_warn_of ON "case" (warn_at)'
                " WHERE warn_at IS NOT NULL",
                "DROP INDEX CONCURRENTLY IF EXISTS appointment_to_remind_of",
                "CREATE INDEX CONCURRENTLY appointment_to_remind_of ON appointment (day)"
                " WHERE status = 'booked' AND reminded_at IS NULL",
            ]
        ),
    ]
