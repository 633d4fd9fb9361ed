"""When an applicant is to be warned of what is soon due, and whether a visitor was reminded."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Columns without a default, of which PostgreSQL rewrites nothing."""

    dependencies = [("models", "0027_case_outlook")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.AddField("Case", "warn_at", fields.DatetimeField(null=True)),
        ops.AddField("Appointment", "reminded_at", fields.DatetimeField(null=True)),
    ]
