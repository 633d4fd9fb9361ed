"""The index of a unit's open tasks holds all that its to-do asks of a task."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The new index is there before the one goes that it replaces; nobody waits for either."""

    atomic = False
    dependencies = [("models", "0004_window_indexes")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS task_to_do",
            "CREATE INDEX CONCURRENTLY task_to_do ON task (unit_id, id)"
            " INCLUDE (due_at, assignee_id, case_id, step) WHERE done_at IS NULL",
            "DROP INDEX CONCURRENTLY IF EXISTS task_open_of_unit",
        ])
    ]
