"""Several units may work on a case at once: its own task is that of its step at its holder."""

from tortoise import migrations
from tortoise.migrations import operations as ops

STATEMENTS = [
    "DROP INDEX task_one_open",
    "CREATE UNIQUE INDEX task_one_open ON task (case_id, step, unit_id) WHERE done_at IS NULL",
]


class Migration(migrations.Migration):
    """One open task for each step and unit, no longer for each case."""

    dependencies = [("models", "0022_fees")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AlterModelOptions(
            name="Task",
            options={"table": "task", "app": "models", "pk_attr": "id", "table_description": "One step of one case in one unit's hands; several may be open."},
        ),
        ops.RunSQL(STATEMENTS),
    ]
