"""Messages to staff are forgotten after a while, and who has read them with them."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

STATEMENTS = [
    "ALTER TABLE message_read DROP CONSTRAINT message_read_message_id_fkey",
    "ALTER TABLE message_read ADD CONSTRAINT message_read_message_id_fkey"
    " FOREIGN KEY (message_id) REFERENCES message (id) ON DELETE CASCADE",
    # Of others than residents, whose messages are kept.
    "CREATE INDEX message_age ON message (created_at) WHERE resident_id IS NULL",
]


class Migration(migrations.Migration):
    """The key that lets a message go, and an index of the old ones."""

    dependencies = [("models", "0011_data_load")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AlterField(
            model_name="MessageRead",
            name="message",
            field=fields.ForeignKeyField("models.Message", source_field="message_id", db_constraint=True, to_field="id", related_name="reads", on_delete=OnDelete.CASCADE),
        ),
        ops.RunSQL(STATEMENTS),
    ]
