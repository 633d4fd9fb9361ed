"""Of a member of staff and a case one recusal is in force; those that ended stay beside it."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0034_ended_recusals")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS recusal_in_force",
            "CREATE UNIQUE INDEX CONCURRENTLY recusal_in_force ON recusal (case_id, staff_id)"
            " WHERE ended_at IS NULL",
            "DROP INDEX CONCURRENTLY IF EXISTS recusal_once",
        ]),
    ]
