"""Which deliveries go first, and on to the next channel where one does not deliver them."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Columns that are empty or constant at first: PostgreSQL rewrites nothing."""

    dependencies = [("models", "0037_messages_of_persons")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Delivery", "important", fields.BooleanField(db_default=False)),
        ops.AddField("Delivery", "handed_on_at", fields.DatetimeField(null=True)),
    ]
