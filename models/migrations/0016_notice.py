"""How long an item takes to say whether an application is accepted: five working days until now."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The limit's columns; the versions there are keep the days they had."""

    dependencies = [("models", "0015_conditions")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AddField(
            model_name="ItemVersion", name="notice_days", field=fields.IntField(db_default=5)
        ),
        ops.AddField(
            model_name="ItemVersion",
            name="notice_unit",
            field=fields.CharField(db_default="working_day", max_length=16),
        ),
    ]
