"""Tries to read a case by number and query code, counted where losing Redis opens nothing."""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The table of tries."""

    dependencies = [("models", "0008_erasures_and_closures")]

    operations = [
        ops.CreateModel(
            name="QueryTry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        primary_key=True, generated=True, unique=True, db_index=True
                    ),
                ),
                ("key", fields.CharField(max_length=64)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "query_try",
                "app": "models",
                "indexes": [Index(fields=["key", "at"])],
                "pk_attr": "id",
                "table_description": "One try to read a case by number and query code; `key` is the"
                " blinded number or address.",
            },
            bases=["Strict"],
        ),
    ]
