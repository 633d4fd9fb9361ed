"""Applications that were begun."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.base import uuid7


class Migration(migrations.Migration):
    """The table of drafts."""

    dependencies = [("models", "0027_lighter_booking")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="Draft",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("resident", fields.ForeignKeyField("models.Resident", source_field="resident_id", db_constraint=True, to_field="id", related_name="drafts", on_delete=OnDelete.RESTRICT)),
                ("item", fields.ForeignKeyField("models.ServiceItem", source_field="item_id", db_constraint=True, to_field="code", related_name="drafts", on_delete=OnDelete.RESTRICT)),
                ("item_version", fields.IntField()),
                ("content_sealed", fields.BinaryField()),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("version", fields.IntField(default=1)),
            ],
            options={"table": "draft", "app": "models", "indexes": [Index(fields=["resident_id"]), Index(fields=["expires_at"])], "pk_attr": "id", "table_description": "An account's unchecked answers so far; the client made the id."},
            bases=["Record"],
        ),
    ]
