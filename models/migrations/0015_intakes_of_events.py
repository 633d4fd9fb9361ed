"""What a window takes in later, beside what it filed: each of an event of the case."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A column with a constant default, of which PostgreSQL rewrites nothing."""

    dependencies = [("models", "0014_absences")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("CaseIntake", "seq", fields.IntField(db_default=1)),
    ]
