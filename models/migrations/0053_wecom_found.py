"""Whom a user id of WeCom is bound to, and what goes to a member of staff."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0052_wecom")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        ops.RunSQL([
            "DROP INDEX CONCURRENTLY IF EXISTS staff_wecom_once",
            "CREATE UNIQUE INDEX CONCURRENTLY staff_wecom_once ON staff (wecom_hash)"
            " WHERE wecom_hash IS NOT NULL",
            "DROP INDEX CONCURRENTLY IF EXISTS delivery_of_staff",
            "CREATE INDEX CONCURRENTLY delivery_of_staff ON delivery (staff_id)"
            " WHERE staff_id IS NOT NULL",
        ]),
    ]
