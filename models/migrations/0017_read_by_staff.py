"""What somebody has read is looked up by who they are."""

from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = [
    # In this order an inbox is counted against a scan of its reader's marks, whatever others read.
    "DROP INDEX message_read_once",
    "CREATE UNIQUE INDEX message_read_once ON message_read (staff_id, message_id)",
    # For the key, where a message goes.
    "CREATE INDEX message_read_of_message ON message_read (message_id)",
]


class Migration(migrations.Migration):
    """The unique index the other way round, and one for the key."""

    dependencies = [("models", "0016_notice")]  # noqa: RUF012 - Tortoise's own form

    operations = [ops.RunSQL(STATEMENTS)]  # noqa: RUF012
