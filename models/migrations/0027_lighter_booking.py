"""Two questions less for each message with a copy, and a shorter one for each booking."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

# As 0007_appointment_person has it; what the account has beyond the person's is asked for apart, so
# that no row comes twice and nothing must be sorted out.
_BOOKING_REFUSAL = """
CREATE OR REPLACE FUNCTION appointment_refusal(
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
          UNION ALL
          SELECT id, slot_id, item_id, day FROM appointment
          WHERE resident_id = account AND coalesce(person_id, resident_id) <> who
              AND status NOT IN ('served', 'cancelled', 'no_show')) a
    JOIN slot s ON s.id = a.slot_id
    CROSS JOIN (SELECT starts_at, ends_at FROM slot WHERE id = wanted) w
    WHERE s.ends_at > moment AND a.id IS DISTINCT FROM moved;
    RETURN CASE WHEN same > 0 THEN 'already_booked'
                WHEN overlapping > 0 THEN 'booking_overlaps'
                WHEN held >= most THEN 'too_many_bookings' END;
END $$
"""
STATEMENTS = [
    # Its message has the same account, with a key, and is written by the same statement.
    "ALTER TABLE delivery DROP CONSTRAINT delivery_resident_id_fkey",
    _BOOKING_REFUSAL,
]


class Migration(migrations.Migration):
    """A delivery's account is checked with its message; the function looks at no row twice."""

    dependencies = [("models", "0026_booked_form")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.AlterField(
            model_name="Delivery",
            name="resident",
            field=fields.ForeignKeyField("models.Resident", source_field="resident_id", db_constraint=False, to_field="id", related_name="deliveries", on_delete=OnDelete.RESTRICT),
        ),
        ops.RunSQL(STATEMENTS),
    ]
