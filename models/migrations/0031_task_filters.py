"""Filters of the to-do that members of staff keep for themselves."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.base import uuid7


class Migration(migrations.Migration):
    """A table of its own."""

    dependencies = [("models", "0030_live_events")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.CreateModel(
            name="TaskFilter",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "staff",
                    fields.ForeignKeyField(
                        "models.Staff",
                        source_field="staff_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="task_filters",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name_sealed", fields.BinaryField()),
                ("name_hash", fields.CharField(max_length=64)),
                ("query", fields.JSONField()),
            ],
            options={
                "table": "task_filter",
                "app": "models",
                "pk_attr": "id",
                "table_description": "How a member of staff looks at the to-do, under a name of their own, which is sealed.",
            },
            bases=["Record"],
        ),
        ops.RunSQL(["CREATE UNIQUE INDEX task_filter_once ON task_filter (staff_id, name_hash)"]),
    ]
