"""Indexes for the worker: what is due, and what is on its way or in doubt for one resident."""

from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS: list[tuple[str, str]] = [
    (
        "DROP INDEX delivery_due",
        "CREATE INDEX delivery_due ON delivery (due_at) WHERE status IN ('pending', 'sending')",
    ),
    (
        "CREATE INDEX delivery_due ON delivery (due_at) WHERE status IN ('pending', 'unknown')",
        "DROP INDEX delivery_due",
    ),
    (
        "CREATE INDEX delivery_in_doubt ON delivery (resident_id, template)"
        " WHERE status IN ('sending', 'unknown')",
        "DROP INDEX delivery_in_doubt",
    ),
]


class Migration(migrations.Migration):
    """The due index of deliveries follows the states that a worker may claim."""

    dependencies = [("models", "0002_constraints")]  # noqa: RUF012 - Tortoise's own form

    # One operation: before each of its own, Tortoise builds all models of its state anew.
    operations = [  # noqa: RUF012
        ops.RunSQL(
            [sql for sql, _ in STATEMENTS], reverse_sql=[back for _, back in reversed(STATEMENTS)]
        )
    ]
