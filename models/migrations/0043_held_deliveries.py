"""Until when a delivery is held back."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A column without a default, of which PostgreSQL rewrites nothing."""

    dependencies = [("models", "0042_transfers_taken_over")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Delivery", "held_until", fields.DatetimeField(null=True)),
    ]
