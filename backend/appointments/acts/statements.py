"""The SQL of the acts.

Locks are always taken in this order, so that nobody waits in a circle: the closure of a day, the
person, the appointment, the day's entry in appointment_once_a_day, the idempotency key, slots by
id. Each statement says which of them it takes.
"""

from backend.appointments.record.statements import (
    APPOINTMENT,
    among,
    event_row,
    of_person,
    shown_to,
)
from backend.appointments.rules.lifecycle import AHEAD, BOOKED, OVER, Action, sources
from backend.cases.record import statements as cases
from backend.idempotency.statements import once_row
from notifications.telling.statements import message_rows


def _event(first: int, **given: str) -> str:
    """What a change writes of itself; `Change.parameters` are $first to $first+3."""
    return event_row(
        "changed",
        action=f"${first}::varchar",
        actor=f"${first + 1}::varchar, ${first + 2}::uuid",
        at=f"${first + 3}::timestamptz",
        before="before",
        **given,
    )


# $5 is the account, or $17 the person for whom somebody books by a mandate; $18 is who books.
_PERSON = "coalesce($17::uuid, r.person_id)"
# As `ResidentActor.counted` has it.
_WHO = f"coalesce({_PERSON}, r.id)"
_SAME_VISIT = "coalesce(item_id, '') = coalesce($6, '') AND day = $8"
# Of a slot `s` without a seat: whether that is because the office is closed on its day.
_SHUT = """s.booked >= s.capacity AND EXISTS (
               SELECT FROM office_closure c WHERE c.office_id = s.office_id AND c.day = {})"""
# Locks the person (appointment_refusal), the day's entry, the key, and last the slot (by the
# trigger on seat). `seen` decides for nearly all who come too late, without an error and
# without a lock. Who slips through in a race is stopped by slot_not_overbooked (the trigger takes
# the seat) or appointment_once_a_day, which undo the whole statement. How many seats one person
# holds, and when, is counted by appointment_refusal under a lock on the person, only for who would
# get a seat. The account is looked at as well as the person, because what ADOPT had to leave is no
# person's; that search says what is over, not what is ahead, so that PostgreSQL never runs through
# all of the partial index appointment_once_a_day for it, as it did where it had no figures of the
# table yet. `seat_row` is the first of those that nothing reads, which PostgreSQL runs from the
# last to the first: so the slot, for which many may wait, is taken when all else is done. Seat and
# first event bear the appointment's id, each in its own table: PostgreSQL takes five microseconds
# to make another.
_BOOK = f"""
WITH seen AS MATERIALIZED (
    SELECT s.office_id, {_PERSON} AS person_id, {_WHO} AS who, s.starts_at > $3 AS ahead,
           o.active AS open, s.booked < s.capacity AS room, {_WHO} IS NOT NULL AS known,
           $17::uuid IS NOT NULL OR r.assurance <> 'wechat' AS sure,
           {_SHUT.format("$8")} AS shut,
           EXISTS (SELECT 1 FROM appointment a WHERE coalesce(a.person_id, a.resident_id) = {_WHO}
                   AND {_SAME_VISIT}
                   AND status IN {among(AHEAD)})
           OR EXISTS (SELECT 1 FROM appointment WHERE resident_id = $5::uuid AND {_SAME_VISIT}
                      AND status NOT IN {among(OVER)}) AS already
    FROM slot s JOIN office o ON o.id = s.office_id LEFT JOIN resident r ON r.id = $5::uuid
    WHERE s.id = $1
), decided AS MATERIALIZED (
    SELECT *, CASE WHEN ahead AND open AND room AND known AND sure AND NOT already
        THEN appointment_refusal(who, $5, $1, $6, $8, $15, NULL, $3) END AS refusal
    FROM seen
), gate AS (
    SELECT office_id, person_id FROM decided
    WHERE ahead AND open AND room AND known AND sure AND NOT already AND refusal IS NULL
), appointment_row AS (
    INSERT INTO appointment (id, created_at, number, slot_id, office_id, resident_id, person_id,
                             booked_by, booked_by_id, item_id, case_id, day, status,
                             check_in_code, form_sealed, version)
    SELECT $2, $3, $4, $1, office_id, $5, person_id, '{{booked_by}}', $18::uuid, $6, $7, $8,
           '{BOOKED.after}', $9, $16::bytea, 1 FROM gate
    RETURNING id, version, status, slot_id
), seat_row AS (
    INSERT INTO seat (id, slot_id, appointment_id)
    SELECT id, slot_id, id FROM appointment_row
), {{event}}, {message_rows("$10", "appointment_row")}, {once_row(11, "appointment_row")}
"""
_DECIDED = "SELECT known, ahead, open, shut, room, sure, already, refusal FROM decided"


def _book(actor: str, booked_by: str) -> str:
    """The statement with who books: an account's holder, or a member of staff."""
    event = event_row(
        "appointment_row",
        id="id",
        action=f"'{Action.BOOK}'",
        actor=f"'{actor}', $18::uuid",
        at="$3",
    )
    return _BOOK.format(event=event, booked_by=booked_by)


_BOOK_ONLINE = _book("resident", "account")
BOOK = f"{_BOOK_ONLINE}{_DECIDED}"
BOOK_AT_WINDOW = f"{_book('staff', 'staff')}{_DECIDED}"
# The same, and the applicant's draft goes with it. Locks the draft before the slot.
BOOK_DRAFT = f"""
{_BOOK_ONLINE}, draft_gone AS (
    DELETE FROM draft USING appointment_row
    WHERE draft.id = $19::uuid AND draft.resident_id = $18::uuid
)
{_DECIDED}
"""
_CASE = 'SELECT c.item_id, c.item_version_id FROM "case" c WHERE c.id = $1 AND {}'
CASE = _CASE.format(cases.owned_by("$2"))
CASE_OF_PERSON = _CASE.format(cases.of_person("$2", "$3"))

# Locks the appointment. What it is is read after the wait: a join that waits for the lock would
# miss a row moved to another slot.
LOCK_OWN = f"SELECT 1 FROM appointment a WHERE id = $1 AND {shown_to('$2')} FOR NO KEY UPDATE"
LOCK_OF_PERSON = (
    f"SELECT 1 FROM appointment a WHERE id = $1 AND {of_person('$2', '$3')} FOR NO KEY UPDATE"
)
LOCK_ANY = "SELECT 1 FROM appointment WHERE id = $1 FOR NO KEY UPDATE"
LOCKED = f"{APPOINTMENT} WHERE a.id = $1"

# Locks the appointment, which is locked already, its seat, and its slot (by the trigger).
CANCEL = f"""
WITH changed AS (
    UPDATE appointment SET status = $2, version = version + 1 WHERE id = $1
    RETURNING id, version, old.status AS before, status, slot_id
), seat_row AS (
    DELETE FROM seat USING changed WHERE seat.appointment_id = changed.id
), {_event(3, id="$7::uuid", reason="$8::bytea")}
SELECT version FROM changed
"""

# Each locks one thing: the person, nothing more than that, the day's entry, both slots, nothing
# more than those.
LOCK_PERSON = "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))"
REFUSAL = "SELECT appointment_refusal($1, $2, $3, $4, $5, NULL, $6, $7) AS refusal"
TAKE_DAY = """
UPDATE appointment SET day = $2, person_id = coalesce($3::uuid, person_id)
WHERE id = $1 AND (day, person_id) IS DISTINCT FROM ($2, coalesce($3::uuid, person_id))
"""
# Locks the account's appointments of before, after the person. What the person's other accounts
# hold on the same day for the same, or at the same time, is not joined by a second.
ADOPT = f"""
UPDATE appointment a SET person_id = $2 FROM slot s
WHERE s.id = a.slot_id AND a.resident_id = $1 AND a.person_id IS NULL
    AND NOT (a.status IN {among(AHEAD)} AND EXISTS (
        SELECT FROM appointment b JOIN slot t ON t.id = b.slot_id
        WHERE coalesce(b.person_id, b.resident_id) = $2 AND b.status IN {among(AHEAD)}
            AND (b.day = a.day AND coalesce(b.item_id, '') = coalesce(a.item_id, '')
                 OR t.starts_at < s.ends_at AND s.starts_at < t.ends_at)))
"""
LOCK_SLOTS = f"""
SELECT s.id, s.starts_at > $2 AS ahead, s.booked < s.capacity AS room, o.active AS open,
       {_SHUT.format("$3")} AS shut
FROM slot s JOIN office o ON o.id = s.office_id
WHERE s.id = ANY($1::uuid[]) ORDER BY s.id FOR NO KEY UPDATE OF s
"""
MOVE = f"""
WITH changed AS (
    UPDATE appointment SET slot_id = $2, office_id = $3, version = version + 1,
        reminded_at = NULL, reminded_soon_at = NULL
    WHERE id = $1
    RETURNING id, version, old.status AS before, status, slot_id
), seat_row AS (
    UPDATE seat SET slot_id = $2 FROM changed WHERE seat.appointment_id = changed.id
), {_event(4)}
SELECT version FROM changed
"""

# Each locks the closure, before anything else: who opens the day again waits for a step of who
# closes it, whose next step then finds it gone and ends.
CLOSE = """
INSERT INTO office_closure (id, created_at, office_id, day, reason)
VALUES (uuidv7(), $4, $1, $2, $3) ON CONFLICT (office_id, day) DO NOTHING RETURNING id
"""
STANDS = "SELECT 1 AS found FROM office_closure WHERE office_id = $1 AND day = $2 FOR KEY SHARE"
REOPEN = "DELETE FROM office_closure WHERE office_id = $1 AND day = $2 RETURNING id"
SEATS = """
SELECT coalesce(sum(capacity - booked), 0)::int AS seats FROM slot
WHERE office_id = $1 AND starts_at >= $2 AND starts_at < $3
"""
# Locks the day's slots by id. No seat is left to take; who is taking one holds the slot's row, and
# is seen after waiting for it.
FULL = """
WITH locked AS (
    SELECT id FROM slot WHERE office_id = $1 AND starts_at >= $2
        AND starts_at < $3 AND capacity > booked ORDER BY id FOR NO KEY UPDATE
)
UPDATE slot s SET capacity = booked FROM locked WHERE s.id = locked.id RETURNING s.id
"""
TO_CANCEL = f"""{APPOINTMENT}
WHERE a.id IN (
    SELECT t.appointment_id FROM seat t JOIN slot l ON l.id = t.slot_id
    WHERE l.office_id = $1 AND l.starts_at >= $2 AND l.starts_at < $3)
  AND a.status IN {among(sources(Action.CLOSE))} ORDER BY s.starts_at, a.id
"""
# Locks the slot, whose appointment has just been cancelled.
NO_SEAT = "UPDATE slot SET capacity = booked WHERE id = $1"

# Locks the appointments it tells of, and passes over those that are being changed: the next look
# finds them as they are then. It is told of what begins in $4 to $5; who booked or moved it later
# than $6 before it begins knows it still.
_REMIND = f"""
WITH due AS (
    SELECT a.id FROM appointment a JOIN slot s ON s.id = a.slot_id
    JOIN appointment_event e ON e.appointment_id = a.id AND e.seq = a.version
    WHERE a.day BETWEEN $2 AND $3 AND a.status = '{BOOKED.after}' AND {{unless}}
        AND s.starts_at > $1::timestamptz + $4::interval AND s.starts_at <= $1 + $5::interval
        AND e.created_at <= s.starts_at - $6::interval
    ORDER BY a.day, a.id LIMIT $7 FOR NO KEY UPDATE OF a SKIP LOCKED
)
UPDATE appointment a SET {{told}} = $1 FROM due WHERE a.id = due.id RETURNING a.id
"""
REMIND = _REMIND.format(unless="a.reminded_at IS NULL", told="reminded_at")
# Nor of what its booker was just told the day before's, which came late.
REMIND_SOON = _REMIND.format(
    unless="a.reminded_soon_at IS NULL"
    " AND coalesce(a.reminded_at <= $1::timestamptz - $6::interval, true)",
    told="reminded_soon_at",
)
TO_REMIND = f"{APPOINTMENT} WHERE a.id = ANY($1::uuid[]) ORDER BY s.starts_at, a.id"
