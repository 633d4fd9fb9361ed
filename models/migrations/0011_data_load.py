"""What the last load of the data files took, so that a start need not load the same again."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A table of one row."""

    dependencies = [("models", "0010_procedures")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.CreateModel(
            name="DataLoad",
            fields=[
                ("id", fields.SmallIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("digest", fields.CharField(max_length=64)),
            ],
            options={"table": "data_load", "app": "models", "pk_attr": "id", "table_description": "The last load, in the one row here; none while one is under way, or after one that failed."},
            bases=["Strict"],
        ),
        ops.RunSQL("ALTER TABLE data_load ADD CONSTRAINT data_load_once CHECK (id = 1)"),
    ]
