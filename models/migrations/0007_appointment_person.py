"""Whose an appointment is, apart from the account that booked it."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.appointment import BookedBy

# As 0002_rules has it and explains it, by person or account.
_BOOKING_REFUSAL = """
CREATE FUNCTION appointment_refusal(
    who uuid, account uuid, wanted uuid, item varchar, on_day date, most int, moved uuid,
    moment timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    held int;
    same int;
    overlapping int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(who::text, 0));
    SELECT count(*),
           count(*) FILTER (WHERE a.day = on_day AND coalesce(a.item_id, '') = coalesce(item, '')),
           count(*) FILTER (WHERE s.starts_at < w.ends_at AND s.ends_at > w.starts_at)
    INTO held, same, overlapping
    FROM (SELECT id, slot_id, item_id, day FROM appointment
          WHERE coalesce(person_id, resident_id) = who AND status IN ('booked', 'checked_in', 'called')
          UNION
          SELECT id, slot_id, item_id, day FROM appointment
          WHERE resident_id = account AND status NOT IN ('served', 'cancelled', 'no_show')) a
    JOIN slot s ON s.id = a.slot_id
    CROSS JOIN (SELECT starts_at, ends_at FROM slot WHERE id = wanted) w
    WHERE s.ends_at > moment AND a.id IS DISTINCT FROM moved;
    RETURN CASE WHEN same > 0 THEN 'already_booked'
                WHEN overlapping > 0 THEN 'booking_overlaps'
                WHEN held >= most THEN 'too_many_bookings' END;
END $$
"""

BOOKED = [
    """UPDATE appointment held SET booked_by = 'account', booked_by_id = held.resident_id,
           person_id = (SELECT p.id FROM person p WHERE p.id::text = held.person_key)""",
    "DROP INDEX appointment_once_a_day",
]
STATEMENTS = [
    "CREATE UNIQUE INDEX appointment_once_a_day ON appointment"
    " (coalesce(person_id, resident_id), coalesce(item_id, ''), day)"
    " WHERE status IN ('booked', 'checked_in', 'called')",
    """ALTER TABLE appointment ADD CONSTRAINT appointment_booked_by_known
       CHECK (booked_by IN ('account', 'staff'))""",
    "DROP FUNCTION appointment_refusal("
    "varchar, uuid, uuid, varchar, date, int, uuid, timestamptz)",
    _BOOKING_REFUSAL,
]


class Migration(migrations.Migration):
    """The columns in place of the key, and each person's seats counted by them."""

    dependencies = [("models", "0006_case_subject")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AddField(
            model_name="Appointment",
            name="person",
            field=fields.ForeignKeyField("models.Person", source_field="person_id", null=True, db_constraint=True, to_field="id", related_name="appointments", on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name="Appointment",
            name="booked_by",
            field=fields.CharEnumField(description="ACCOUNT: account\nSTAFF: staff", enum_type=BookedBy, max_length=16, null=True),
        ),
        ops.AddField(model_name="Appointment", name="booked_by_id", field=fields.UUIDField(null=True)),
        ops.RunSQL(BOOKED),
        ops.AlterField(
            model_name="Appointment",
            name="booked_by",
            field=fields.CharEnumField(description="ACCOUNT: account\nSTAFF: staff", enum_type=BookedBy, max_length=16),
        ),
        ops.AlterField(model_name="Appointment", name="booked_by_id", field=fields.UUIDField()),
        ops.RemoveField(model_name="Appointment", name="person_key"),
        ops.AddIndex(model_name="Appointment", index=Index(fields=["person_id"])),
        ops.RunSQL(STATEMENTS),
    ]
