"""The newest cases of a rare status are found without walking those of all others."""

from tortoise import migrations
from tortoise.indexes import Index

from models.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    """One index."""

    atomic = False
    dependencies = [("models", "0006_second_factor")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        AddIndexConcurrently("Case", Index(fields=["status", "id"])),
    ]
