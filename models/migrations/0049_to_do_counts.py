"""Of a unit's open tasks an index of when they are due alone, out of which they are counted."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    atomic = False
    dependencies = [("models", "0048_short_messages_counted")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS task_counted",
            # A scan of the index alone needs the column that the expression is of.
            "CREATE INDEX CONCURRENTLY task_counted ON task"
            " (unit_id, coalesce(due_at, 'infinity'::timestamptz)) INCLUDE (due_at)"
            " WHERE done_at IS NULL",
        ]),
    ]
