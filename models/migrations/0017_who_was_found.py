"""What finds the searches that showed a person or a case, in a log that is written meanwhile."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0016_one_intake_of_an_event")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS access_of_found",
            "CREATE INDEX CONCURRENTLY access_of_found ON access_log"
            " USING gin ((coalesce(details->'persons', details->'cases')))"
            " WHERE action IN ('search_persons', 'search_cases')",
        ]),
    ]
