"""For which due date of a task was told that it is near, and that it has passed."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Columns without a default, of which PostgreSQL rewrites nothing."""

    dependencies = [("models", "0023_to_do_indexes")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Task", "warned_for", fields.DatetimeField(null=True)),
        ops.AddField("Task", "overdue_for", fields.DatetimeField(null=True)),
    ]
