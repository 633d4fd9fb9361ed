"""What each row of the tables that are written most must be, held at a tenth of the work."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

# PostgreSQL keeps a CHECK as text and reads it anew in each statement that writes the table, which
# for two of message was an eighth of a booking. A function is read once in a session. An update of
# other columns asks nothing. As in a CHECK, what is null is no fault.
HELD = {
    "appointment": {
        "appointment_booked_by_known": "NEW.booked_by IN ('account', 'staff')",
        "appointment_of_somebody": "NEW.person_id IS NOT NULL OR NEW.resident_id IS NOT NULL",
    },
    "case": {
        "case_filed_by_known": "NEW.filed_by IN ('account', 'staff', 'device')",
        "case_of_somebody": "NEW.subject_id IS NOT NULL OR NEW.resident_id IS NOT NULL",
        "case_outcome_known": "NEW.outcome IN ('approved', 'denied', 'done', 'enrolled')",
        "case_version_positive": "NEW.version > 0",
    },
    "message": {
        "message_has_its_recipient": """
            (NEW.recipient = 'resident') = (NEW.resident_id IS NOT NULL)
            AND (NEW.recipient = 'staff') = (NEW.staff_id IS NOT NULL)
            AND (NEW.recipient = 'unit_role') = (NEW.unit_id IS NOT NULL)
            AND (NEW.recipient = 'unit_role') = (NEW.role IS NOT NULL)
            AND (NEW.recipient = 'system') = (NEW.system IS NOT NULL)
            AND NEW.recipient IN ('resident', 'staff', 'unit_role', 'system')""",
        "message_read_by_resident": "NEW.read_at IS NULL OR NEW.recipient = 'resident'",
    },
    "slot": {"slot_ends_later": "NEW.ends_at > NEW.starts_at"},
}
COLUMNS = {
    "appointment": "booked_by, person_id, resident_id",
    "case": "filed_by, subject_id, resident_id, outcome, version",
    "message": "recipient, resident_id, staff_id, unit_id, role, system, read_at",
    "slot": "starts_at, ends_at",
}
NEW = {"appointment_of_somebody"}


def _function(table: str) -> str:
    cases = "\n".join(f"WHEN NOT ({rule}) THEN '{name}'" for name, rule in HELD[table].items())
    return f"""
CREATE FUNCTION {table}_sound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken text := CASE {cases} END;
BEGIN
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'a row of % breaks %', TG_TABLE_NAME, broken
            USING ERRCODE = 'check_violation', CONSTRAINT = broken;
    END IF;
    RETURN NEW;
END $$
"""


STATEMENTS = [
    *(
        f'ALTER TABLE "{table}" DROP CONSTRAINT {name}'
        for table, rules in HELD.items()
        for name in rules
        if name not in NEW
    ),
    *(_function(table) for table in HELD),
    *(
        f'CREATE TRIGGER {table}_sound BEFORE INSERT OR UPDATE OF {columns} ON "{table}"'
        f" FOR EACH ROW EXECUTE FUNCTION {table}_sound()"
        for table, columns in COLUMNS.items()
    ),
]


class Migration(migrations.Migration):
    """Triggers in place of the checks; an appointment may be of a person without an account."""

    dependencies = [("models", "0023_parallel_tasks")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AlterField(
            model_name="Appointment",
            name="resident",
            field=fields.ForeignKeyField("models.Resident", source_field="resident_id", null=True, db_constraint=True, to_field="id", related_name="appointments", on_delete=OnDelete.RESTRICT),
        ),
        ops.RunSQL(STATEMENTS),
    ]
