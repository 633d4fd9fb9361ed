"""Whether a person may have a seat is asked for a moment that is given, as everything else is."""

from tortoise import migrations
from tortoise.migrations import operations as ops

# As 0002_rules has it and explains it, with the moment in place of the database's own.
_BOOKING_REFUSAL = """
CREATE FUNCTION appointment_refusal(
    person varchar, account uuid, wanted uuid, item varchar, on_day date, most int, moved uuid,
    moment timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    held int;
    same int;
    overlapping int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(person, 0));
    SELECT count(*),
           count(*) FILTER (WHERE a.day = on_day AND coalesce(a.item_id, '') = coalesce(item, '')),
           count(*) FILTER (WHERE s.starts_at < w.ends_at AND s.ends_at > w.starts_at)
    INTO held, same, overlapping
    FROM (SELECT id, slot_id, item_id, day FROM appointment
          WHERE person_key = person AND status IN ('booked', 'checked_in', 'called')
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


class Migration(migrations.Migration):
    """The function takes the moment as a further argument."""

    dependencies = [("models", "0003_identity_check")]  # noqa: RUF012 - Tortoise's own form

    operations = [  # noqa: RUF012
        ops.RunSQL(
            [
                "DROP FUNCTION appointment_refusal(varchar, uuid, uuid, varchar, date, int, uuid)",
                _BOOKING_REFUSAL,
            ]
        )
    ]
