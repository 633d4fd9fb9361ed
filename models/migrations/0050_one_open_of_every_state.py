"""Of a person one case of an item and thing is open, in whichever state that is not its last.

The index left out what has been dispatched, done or enrolled. Of cases that were filed twice so far
the first keeps what it is about, and each later one is of itself alone.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

ENDED = "'closed','declined','withdrawn','terminated'"
_OF = "coalesce({0}.subject_id, {0}.resident_id), {0}.item_id, {0}.object_key"


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0049_to_do_counts")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            'UPDATE "case" c SET object_key = c.id::text'
            f" WHERE c.status NOT IN ({ENDED}) AND EXISTS ("
            f'SELECT FROM "case" e WHERE e.id < c.id AND e.status NOT IN ({ENDED})'
            f" AND ({_OF.format('e')}) = ({_OF.format('c')}))",
            "DROP INDEX CONCURRENTLY IF EXISTS case_one_open_at_all",
            "CREATE UNIQUE INDEX CONCURRENTLY case_one_open_at_all"
            ' ON "case" (coalesce(subject_id, resident_id), item_id, object_key)'
            f" WHERE status NOT IN ({ENDED})",
        ]),
    ]
