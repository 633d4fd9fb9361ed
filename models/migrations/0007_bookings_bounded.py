"""How many seats one person holds, and that none overlap, is decided under a lock on the person.

A function and not a query: in one statement everything is seen as it was when it began, and a
rival's booking would be missed. Each query of a volatile function sees what was committed until
then, so what is counted after the lock is true until the transaction ends.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

# The account is looked at as well as the person, as in booking; what is over no longer counts,
# also where nobody has said how it ended. `most` is NULL where no booking is added.
_REFUSAL = """
CREATE FUNCTION appointment_refusal(
    person varchar, account uuid, wanted uuid, item varchar, on_day date, most int, moved uuid
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
    WHERE s.ends_at > now() AND a.id IS DISTINCT FROM moved;
    RETURN CASE WHEN same > 0 THEN 'already_booked'
                WHEN overlapping > 0 THEN 'booking_overlaps'
                WHEN held >= most THEN 'too_many_bookings' END;
END $$
"""


class Migration(migrations.Migration):
    """The function that bookings and moves ask."""

    dependencies = [("models", "0006_layouts_and_places")]

    operations = [ops.RunSQL(_REFUSAL, reverse_sql="DROP FUNCTION appointment_refusal")]
