"""The index of whom cases name, of which those of before have nobody."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0032_whom_cases_name")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS case_named",
            'CREATE INDEX CONCURRENTLY case_named ON "case" (named_hash, item_id)'
            " WHERE named_hash IS NOT NULL",
        ]),
    ]
