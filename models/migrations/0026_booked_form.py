"""What is filled in for an item that is booked and has no case."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The form lies with the appointment."""

    dependencies = [("models", "0025_papers")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AddField(
            model_name="Appointment", name="form_sealed", field=fields.BinaryField(null=True)
        )
    ]
