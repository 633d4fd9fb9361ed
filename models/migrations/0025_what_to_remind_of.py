"""The open tasks of which was not told yet that their time is over, by due date."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    atomic = False
    dependencies = [("models", "0024_reminders")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS task_to_remind_of",
                "CREATE INDEX CONCURRENTLY task_to_remind_of ON task (due_at)"
                " WHERE done_at IS NULL AND overdue_for IS DISTINCT FROM due_at",
            ]
        ),
    ]
