"""Cases that a unit took over, by the unit."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0041_whom_to_remind_soon")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS case_transfer_taken_over",
            "CREATE INDEX CONCURRENTLY case_transfer_taken_over ON case_transfer (to_unit_id)"
            " WHERE state = 'accepted'",
        ]),
    ]
