"""Whether a visitor was reminded within the last hour, and of which end of a draft was warned."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Columns without a default, of which PostgreSQL rewrites nothing."""

    dependencies = [("models", "0039_deliveries_of_a_channel")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Appointment", "reminded_soon_at", fields.DatetimeField(null=True)),
        ops.AddField("Draft", "warned_for", fields.DatetimeField(null=True)),
    ]
