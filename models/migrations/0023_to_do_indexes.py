"""Of a unit's open tasks an index by arrival and one by due date, with all that is asked of a task."""

from tortoise import migrations
from tortoise.migrations import operations as ops

INDEXES = {
    "task_by_arrival": "(unit_id, created_at, id)"
    " INCLUDE (due_at, assignee_id, item_code, case_id, step)",
    # What has no limit comes last.
    "task_by_due": "(unit_id, coalesce(due_at, 'infinity'::timestamptz), id)"
    " INCLUDE (due_at, created_at, assignee_id, item_code, case_id, step)",
}


class Migration(migrations.Migration):
    """The new ones are there before the one goes that they replace; nobody waits for any."""

    atomic = False
    dependencies = [("models", "0022_to_do_filters")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        *(
            ops.RunSQL(
                [
                    f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                    f"CREATE INDEX CONCURRENTLY {name} ON task {what} WHERE done_at IS NULL",
                ]
            )
            for name, what in INDEXES.items()
        ),
        ops.RunSQL(["DROP INDEX CONCURRENTLY IF EXISTS task_to_do"]),
    ]
