"""A person's messages by the person, and those that are not kept by their age."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0036_messages_to_persons")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS message_of_person",
            "CREATE INDEX CONCURRENTLY message_of_person ON message (person_id, id)"
            " WHERE person_id IS NOT NULL",
            # Of others than residents and persons, whose messages are kept.
            "DROP INDEX CONCURRENTLY IF EXISTS message_age",
            "CREATE INDEX CONCURRENTLY message_age ON message (created_at)"
            " WHERE resident_id IS NULL AND person_id IS NULL",
        ]),
    ]
