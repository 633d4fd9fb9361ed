"""By which cases that name one person in their forms are found."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A column without a default: PostgreSQL rewrites nothing."""

    dependencies = [("models", "0031_task_filters")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Case", "named_hash", fields.CharField(null=True, max_length=64)),
    ]
