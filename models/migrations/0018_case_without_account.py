"""A window files a case for a person who has no account."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

STATEMENTS = [
    'ALTER TABLE "case" ADD CONSTRAINT case_of_somebody'
    " CHECK (subject_id IS NOT NULL OR resident_id IS NOT NULL)",
]


class Migration(migrations.Migration):
    """The account may be missing where the person is known."""

    dependencies = [("models", "0017_read_by_staff")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AlterField(
            model_name="Case",
            name="resident",
            field=fields.ForeignKeyField("models.Resident", source_field="resident_id", null=True, db_constraint=True, to_field="id", related_name="cases", on_delete=OnDelete.RESTRICT),
        ),
        ops.RunSQL(STATEMENTS),
    ]
