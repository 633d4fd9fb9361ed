"""When a recusal ended, and who ended it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Columns without a default, of which PostgreSQL rewrites nothing."""

    dependencies = [("models", "0033_whom_cases_name_found")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Recusal", "ended_at", fields.DatetimeField(null=True)),
        ops.AddField("Recusal", "ended_by", fields.UUIDField(null=True)),
    ]
