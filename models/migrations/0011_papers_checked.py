"""Whose the files are that were there before papers is made sure of."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A statement that stands for itself and may be run again."""

    dependencies = [("models", "0010_papers")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL(["ALTER TABLE stored_file VALIDATE CONSTRAINT stored_file_has_one_owner"]),
    ]
