"""What the triggers do, and the one question that is decided in the database, in SQL."""

# PostgreSQL keeps a CHECK as text and reads it anew in each statement that writes the table, which
# for two of message was an eighth of a booking. A function is read once in a session, so the tables
# that are written most have their rules here. As in a CHECK, what is null is no fault.
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


def _sound(table: str) -> str:
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


# How many seats one person holds, and that none overlap, is decided under a lock on the person.
# A function and not a query: in one statement everything is seen as it was when it began, and a
# rival's booking would be missed. Each query of a volatile function sees what was committed until
# then, so what is counted after the lock is true until the transaction ends.
# The account is looked at as well as the person, as in booking, and what it has beyond the person's
# is asked for apart, so that no row comes twice and nothing must be sorted out; what is over no
# longer counts, also where nobody has said how it ended. `most` is NULL where no booking is added.
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

# Taking the seat finds the slot anyway, so it also says if there is none: a foreign key would lock
# the hot row a second time, and share that lock among all rivals.
_SEAT_TAKEN = """
CREATE FUNCTION seat_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE slot SET booked = booked + 1, used = true WHERE id = NEW.slot_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no slot %', NEW.slot_id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'seat_slot_id_fkey';
    END IF;
    RETURN NULL;
END $$
"""
_SEAT_LEFT = """
CREATE FUNCTION seat_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE slot SET booked = booked - 1 WHERE id = OLD.slot_id;
    RETURN NULL;
END $$
"""
_SLOT_KEPT = """
CREATE FUNCTION slot_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR OLD.used THEN
        RAISE EXCEPTION 'a slot that somebody had a seat of is never deleted, and none is renamed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'slot_kept';
    END IF;
    RETURN OLD;
END $$
"""
_KEPT_FOR_GOOD = """CREATE FUNCTION kept_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% rows are never deleted or renamed', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_kept';
        END $$"""
_VERSION_FROZEN = """CREATE FUNCTION item_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.status <> 'draft' AND (TG_OP = 'DELETE' OR
               (to_jsonb(NEW) - 'status') IS DISTINCT FROM (to_jsonb(OLD) - 'status')
               OR NEW.status = 'draft') THEN
                RAISE EXCEPTION 'item version % is frozen', OLD.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'item_version_frozen';
            END IF;
            RETURN coalesce(NEW, OLD);
        END $$"""
_CASE_EVENT_KEPT = """CREATE FUNCTION case_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'case events are never changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'case_event_append_only';
        END $$"""
_CASE_FORM_KEPT = """CREATE FUNCTION case_form_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'forms that were handed in are never changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'case_form_append_only';
        END $$"""
# The one change that is let through is erasing the reason.
_APPOINTMENT_EVENT_KEPT = """
CREATE FUNCTION appointment_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason_sealed IS NULL
       AND to_jsonb(NEW) - 'reason_sealed' = to_jsonb(OLD) - 'reason_sealed' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'appointment events are never changed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_event_append_only';
END $$
"""

# The access log: the trigger gives each row its number, time and hash under one lock, held until its
# transaction ends. The hash is taken over the hash before and the columns in this order, each as
# `length:text,` (length in bytes) and a null as `-,`; backend/audit/chain.py computes the same.
# The head is written with its owner's right: the application may only read it.
_FIELD = """CREATE FUNCTION access_log_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT coalesce(octet_length(value) || ':' || value, '-') || ','
    $$"""
_LINKED = (
    "NEW.seq::text",
    "((extract(epoch FROM NEW.at) * 1000000)::bigint)::text",
    "NEW.actor",
    "NEW.actor_id::text",
    "NEW.posts::text",
    "NEW.action",
    "NEW.object_kind",
    "NEW.object_id",
    "NEW.resident_id::text",
    "NEW.purpose",
    "NEW.details::text",
    "NEW.request_id",
    "NEW.address_hash",
)
_TEXT = " || ".join(f"access_log_field({part})" for part in _LINKED)
_CHAIN = f"""CREATE FUNCTION access_log_chain() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        DECLARE
            last access_log_head%ROWTYPE;
        BEGIN
            PERFORM pg_advisory_xact_lock(2036427619);
            SELECT * INTO last FROM access_log_head;
            NEW.seq := coalesce(last.seq, 0) + 1;
            NEW.at := clock_timestamp();
            NEW.hash := sha256(
                coalesce(last.hash, decode(repeat('00', 32), 'hex'))
                || convert_to({_TEXT}, 'UTF8'));
            INSERT INTO access_log_head (id, seq, hash) VALUES (1, NEW.seq, NEW.hash)
                ON CONFLICT (id) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash;
            RETURN NEW;
        END $$"""
_LOG_KEPT = """CREATE FUNCTION access_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the access log is never changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'access_log_append_only';
        END $$"""

STATEMENTS = [
    *(_sound(table) for table in HELD),
    _BOOKING_REFUSAL,
    _SEAT_TAKEN,
    _SEAT_LEFT,
    _SLOT_KEPT,
    _KEPT_FOR_GOOD,
    _VERSION_FROZEN,
    _CASE_EVENT_KEPT,
    _CASE_FORM_KEPT,
    _APPOINTMENT_EVENT_KEPT,
    _FIELD,
    _CHAIN,
    _LOG_KEPT,
]
