"""The index of every open state takes the place and the name of the one that left some out."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """At once, so that there is one of this name at any moment."""

    dependencies = [("models", "0050_one_open_of_every_state")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX case_one_open",
            "ALTER INDEX case_one_open_at_all RENAME TO case_one_open",
        ]),
    ]
