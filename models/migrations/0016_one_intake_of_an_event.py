"""One intake of each event, where there was one of each case."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0015_intakes_of_events")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS case_intake_of_event",
            "CREATE UNIQUE INDEX CONCURRENTLY case_intake_of_event ON case_intake (case_id, seq)",
            "DROP INDEX CONCURRENTLY IF EXISTS case_intake_once",
        ]),
    ]
