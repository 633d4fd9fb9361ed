"""What finds a window's cases, its persons and who looked, in tables that people write meanwhile."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.indexes import AddIndexConcurrently

INDEXES = {
    # Most cases are filed online.
    "case_received": '"case" (received_unit_id, id) WHERE received_unit_id IS NOT NULL',
    # Who looked at a case, and at its papers.
    "access_of_object": "access_log (object_id, seq) WHERE object_id IS NOT NULL",
    # The figures of a day are of these two acts alone.
    "access_figures": "access_log (at) WHERE action IN ('reveal', 'search_persons')",
}


class Migration(migrations.Migration):
    """Statements that stand for themselves and may be run again."""

    dependencies = [("models", "0003_window_intake")]  # noqa: RUF012 - Tortoise's own form
    atomic = False

    operations = [  # noqa: RUF012 - Tortoise's own form
        AddIndexConcurrently("IdentityCheck", Index(fields=["staff_id", "created_at"])),
        AddIndexConcurrently("Person", Index(fields=["name_birth_hash"])),
        *(
            ops.RunSQL(
                [
                    f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                    f"CREATE INDEX CONCURRENTLY {name} ON {what}",
                ]
            )
            for name, what in INDEXES.items()
        ),
        ops.RunSQL(
            ["ALTER TABLE identity_check VALIDATE CONSTRAINT identity_check_has_one_asker"]
        ),
    ]
