"""All that the first release has: tables as the models say, and in SQL what Tortoise cannot say."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.creation import CreateModels
from models.migrations.first import cases_and_bookings, functions, people_and_items, rules


class Migration(migrations.Migration):
    """One step, so that a database has all of it or nothing."""

    initial = True

    operations = [  # noqa: RUF012 - Tortoise's own form
        CreateModels(*people_and_items.TABLES, *cases_and_bookings.TABLES),
        ops.RunSQL([*functions.STATEMENTS, *rules.STATEMENTS]),
    ]
