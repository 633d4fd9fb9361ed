"""What a case is about is told from whose right it is: `subject` is the person."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The column under its new name; the index that has it follows."""

    dependencies = [("models", "0007_appointment_person")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.RenameField(model_name="Case", old_name="subject_key", new_name="object_key")
    ]
