"""Mandates of before are made sure of, and found by their photo."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0019_mandates_at_windows")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - likewise
        AddIndexConcurrently("Mandate", Index(fields=["file_id"])),
        ops.RunSQL([
            "ALTER TABLE mandate VALIDATE CONSTRAINT mandate_basis_kept",
            "ALTER TABLE mandate VALIDATE CONSTRAINT mandate_a_year_at_most",
            "ALTER TABLE case_intake VALIDATE CONSTRAINT case_intake_of_mandate",
        ]),
    ]
