"""What must hold whatever the application does, in SQL: constraints, triggers, functions, sequences.

Written in SQL because Tortoise leaves `Meta.constraints` of a new model out (its issue 2272).
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

OPEN_CASE = (
    "'draft','submitted','supplement_requested','accepted','under_review','suspended',"
    "'approved','denied','delivered'"
)

# Units, items, versions and offices are never deleted or renamed (the triggers below), so a code once
# written stays good. A foreign key to them would only check, at each write, codes that the process
# read from these tables itself, and would make all writers lock the same few rows.
KEPT = [
    ("org_unit", "code"),
    ("service_item", "code"),
    ("item_version", "id"),
    ("office", "id"),
]
# Keys that Tortoise makes although the models say `db_constraint=False`.
UNCHECKED = [
    ("case", "item_id"),
    ("case", "item_version_id"),
    ("case", "community_id"),
    ("case", "department_unit_id"),
    ("case", "holder_id"),
    ("case_event", "unit_id"),
    ("task", "unit_id"),
    ("appointment", "item_id"),
    ("appointment", "office_id"),
    ("appointment", "slot_id"),
]

# Taking the seat finds the slot anyway, so it also says if there is none: a foreign key would lock
# the hot row a second time, and share that lock among all rivals.
_SEAT = """CREATE FUNCTION appointment_seat() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            frees boolean := TG_OP <> 'INSERT' AND OLD.status <> 'cancelled';
            takes boolean := TG_OP <> 'DELETE' AND NEW.status <> 'cancelled';
        BEGIN
            IF frees AND takes AND NEW.slot_id = OLD.slot_id THEN
                RETURN NULL;
            END IF;
            IF frees THEN
                UPDATE slot SET booked = booked - 1 WHERE id = OLD.slot_id;
            END IF;
            IF takes THEN
                UPDATE slot SET booked = booked + 1 WHERE id = NEW.slot_id;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'there is no slot %', NEW.slot_id
                        USING ERRCODE = 'foreign_key_violation',
                              CONSTRAINT = 'appointment_slot_id_fkey';
                END IF;
            END IF;
            RETURN NULL;
        END $$"""

_SLOT = """CREATE FUNCTION slot_kept() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' OR EXISTS (SELECT 1 FROM appointment WHERE slot_id = OLD.id) THEN
                RAISE EXCEPTION 'a slot with appointments is never deleted, and none is renamed'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'slot_kept';
            END IF;
            RETURN OLD;
        END $$"""

_KEPT_FOR_GOOD = """CREATE FUNCTION kept_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% rows are never deleted or renamed', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_kept';
        END $$"""


# How many seats one person holds, and that none overlap, is decided under a lock on the person.
# A function and not a query: in one statement everything is seen as it was when it began, and a
# rival's booking would be missed. Each query of a volatile function sees what was committed until
# then, so what is counted after the lock is true until the transaction ends.
# The account is looked at as well as the person, as in booking; what is over no longer counts,
# also where nobody has said how it ended. `most` is NULL where no booking is added.
_BOOKING_REFUSAL = """
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

# The access log: the trigger gives each row its number, time and hash under one lock, held until its
# transaction ends. The hash is taken over the hash before and the columns in this order, each as
# `length:text,` (length in bytes) and a null as `-,`; backend/audit/chain.py computes the same.
# The head is written with its owner's right: the application may only read it. So nobody but the
# trigger may use the function, which somebody could else hang on a table of their own.
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
    "ALTER TABLE session ADD CONSTRAINT session_has_one_owner CHECK ("
    "(audience = 'resident') = (resident_id IS NOT NULL)"
    " AND (audience = 'staff') = (staff_id IS NOT NULL))",
    "CREATE UNIQUE INDEX post_once ON post (staff_id, unit_id, role) WHERE valid_to IS NULL",
    "CREATE UNIQUE INDEX item_version_once ON item_version (item_id, version)",
    "CREATE UNIQUE INDEX item_version_one_published ON item_version (item_id)"
    " WHERE status = 'published'",
    """CREATE FUNCTION item_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.status <> 'draft' AND (TG_OP = 'DELETE' OR
               (to_jsonb(NEW) - 'status') IS DISTINCT FROM (to_jsonb(OLD) - 'status')
               OR NEW.status = 'draft') THEN
                RAISE EXCEPTION 'item version % is frozen', OLD.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'item_version_frozen';
            END IF;
            RETURN coalesce(NEW, OLD);
        END $$""",
    "CREATE TRIGGER item_version_frozen BEFORE UPDATE OR DELETE ON item_version"
    " FOR EACH ROW EXECUTE FUNCTION item_version_frozen()",
    f'CREATE UNIQUE INDEX case_one_open ON "case" (person_key, item_id, subject_key)'
    f" WHERE status IN ({OPEN_CASE})",
    'CREATE INDEX case_by_place ON "case" (community_path text_pattern_ops, id)',
    'ALTER TABLE "case" ADD CONSTRAINT case_version_positive CHECK (version > 0)',
    'ALTER TABLE "case" ADD CONSTRAINT case_outcome_known'
    " CHECK (outcome IN ('approved', 'denied'))",
    "CREATE UNIQUE INDEX case_event_once ON case_event (case_id, seq)",
    """CREATE FUNCTION case_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'case events are never changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'case_event_append_only';
        END $$""",
    "CREATE TRIGGER case_event_append_only BEFORE UPDATE OR DELETE ON case_event"
    " FOR EACH ROW EXECUTE FUNCTION case_event_append_only()",
    "CREATE UNIQUE INDEX task_one_open ON task (case_id) WHERE done_at IS NULL",
    "CREATE INDEX task_open_of_unit ON task (unit_id, id) WHERE done_at IS NULL",
    "CREATE INDEX task_open_of_staff ON task (assignee_id, id) WHERE done_at IS NULL",
    "ALTER TABLE opening_hours ADD CONSTRAINT opening_hours_sound CHECK ("
    "weekday BETWEEN 1 AND 7 AND closes > opens AND desks > 0"
    " AND slot_minutes BETWEEN 5 AND 480)",
    "CREATE UNIQUE INDEX opening_hours_once ON opening_hours (office_id, weekday, opens)",
    "CREATE UNIQUE INDEX slot_once ON slot (office_id, starts_at)",
    "ALTER TABLE slot ADD CONSTRAINT slot_not_overbooked CHECK (booked BETWEEN 0 AND capacity)",
    "ALTER TABLE slot ADD CONSTRAINT slot_ends_later CHECK (ends_at > starts_at)",
    _SEAT,
    "CREATE TRIGGER appointment_seat AFTER INSERT OR DELETE OR UPDATE OF slot_id, status"
    " ON appointment FOR EACH ROW EXECUTE FUNCTION appointment_seat()",
    "CREATE UNIQUE INDEX appointment_once_a_day"
    " ON appointment (person_key, coalesce(item_id, ''), day)"
    " WHERE status IN ('booked', 'checked_in', 'called')",
    "CREATE INDEX message_unread ON message (resident_id) WHERE read_at IS NULL",
    "CREATE INDEX delivery_due ON delivery (due_at) WHERE status IN ('pending', 'unknown')",
    "CREATE INDEX delivery_in_doubt ON delivery (resident_id, template)"
    " WHERE status IN ('sending', 'unknown')",
    "CREATE INDEX delivery_waiting ON delivery (resident_id, template)"
    " WHERE status = 'waiting_credit'",
    "CREATE UNIQUE INDEX subscription_credit_once ON subscription_credit (resident_id, template)",
    "ALTER TABLE subscription_credit ADD CONSTRAINT subscription_credit_not_negative"
    " CHECK (hints >= 0 AND grants >= 0 AND spent >= 0)",
    "CREATE INDEX idempotency_key_age ON idempotency_key (created_at)",
    "CREATE SEQUENCE case_number_seq MINVALUE 1 MAXVALUE 999999 CYCLE",
    "CREATE SEQUENCE appointment_number_seq MINVALUE 1 MAXVALUE 999999 CYCLE",
    # Room on each page for the next version of a slot that many book.
    "ALTER TABLE slot SET (fillfactor = 60)",
    _SLOT,
    "CREATE TRIGGER slot_kept BEFORE DELETE OR UPDATE OF id ON slot"
    " FOR EACH ROW EXECUTE FUNCTION slot_kept()",
    _KEPT_FOR_GOOD,
    *(
        f"CREATE TRIGGER {table}_kept BEFORE DELETE OR UPDATE OF {key} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION kept_for_good()"
        for table, key in KEPT
    ),
    *(
        f'ALTER TABLE "{table}" DROP CONSTRAINT {table}_{column}_fkey'
        for table, column in UNCHECKED
    ),
    _BOOKING_REFUSAL,
    "CREATE UNIQUE INDEX erasure_once ON erasure (resident_id)",
    "CREATE UNIQUE INDEX office_closure_once ON office_closure (office_id, day)",
    _FIELD,
    _CHAIN,
    "REVOKE EXECUTE ON FUNCTION access_log_chain() FROM PUBLIC",
    "CREATE TRIGGER access_log_chain BEFORE INSERT ON access_log"
    " FOR EACH ROW EXECUTE FUNCTION access_log_chain()",
    _LOG_KEPT,
    "CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log"
    " FOR EACH STATEMENT EXECUTE FUNCTION access_log_append_only()",
    "ALTER TABLE access_log_head ADD CONSTRAINT access_log_head_one CHECK (id = 1)",
    "CREATE TRIGGER access_log_head_kept BEFORE DELETE OR TRUNCATE ON access_log_head"
    " FOR EACH STATEMENT EXECUTE FUNCTION access_log_append_only()",
    "CREATE TRIGGER access_log_head_grows BEFORE UPDATE ON access_log_head FOR EACH ROW"
    " WHEN (NEW.seq <> OLD.seq + 1) EXECUTE FUNCTION access_log_append_only()",
]


class Migration(migrations.Migration):
    """Everything about the tables that Tortoise cannot say."""

    dependencies = [("models", "0001_initial")]  # noqa: RUF012 - Tortoise's own form

    # One operation: before each of its own, Tortoise builds all models of its state anew.
    operations = [  # noqa: RUF012
        ops.RunSQL(STATEMENTS)
    ]
