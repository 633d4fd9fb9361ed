"""The files of an account in the order that it is shown them."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """One index for whose a file is and for the newest of theirs."""

    dependencies = [("models", "0024_sound_rows")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.RemoveIndex(model_name="StoredFile", fields=["resident_id"]),
        ops.AddIndex(model_name="StoredFile", index=Index(fields=["resident_id", "id"])),
    ]
