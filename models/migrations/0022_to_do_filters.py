"""What a to-do is filtered by stands in the task."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A column without a default: PostgreSQL rewrites nothing, and tasks of before have none."""

    dependencies = [("models", "0021_transfers")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Task", "item_code", fields.CharField(max_length=50, null=True)),
    ]
