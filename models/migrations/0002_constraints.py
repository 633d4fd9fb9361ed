"""What must hold whatever the application does: uniqueness, checks, frozen and append-only rows.

Written in SQL because Tortoise leaves `Meta.constraints` of a new model out (its issue 2272)."""

from tortoise import migrations
from tortoise.migrations import operations as ops

OPEN_CASE = (
    "'draft','submitted','supplement_requested','accepted','under_review','suspended',"
    "'approved','denied','delivered'"
)

STATEMENTS: list[tuple[str, str]] = [
    (
        "ALTER TABLE session ADD CONSTRAINT session_has_one_owner CHECK ("
        "(audience = 'resident') = (resident_id IS NOT NULL)"
        " AND (audience = 'staff') = (staff_id IS NOT NULL))",
        "ALTER TABLE session DROP CONSTRAINT session_has_one_owner",
    ),
    (
        "CREATE UNIQUE INDEX post_once ON post (staff_id, unit_id, role) WHERE valid_to IS NULL",
        "DROP INDEX post_once",
    ),
    (
        "CREATE UNIQUE INDEX item_version_once ON item_version (item_id, version)",
        "DROP INDEX item_version_once",
    ),
    (
        "CREATE UNIQUE INDEX item_version_one_published ON item_version (item_id)"
        " WHERE status = 'published'",
        "DROP INDEX item_version_one_published",
    ),
    (
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
        "DROP FUNCTION item_version_frozen()",
    ),
    (
        "CREATE TRIGGER item_version_frozen BEFORE UPDATE OR DELETE ON item_version"
        " FOR EACH ROW EXECUTE FUNCTION item_version_frozen()",
        "DROP TRIGGER item_version_frozen ON item_version",
    ),
    (
        f'CREATE UNIQUE INDEX case_one_open ON "case" (person_key, item_id, subject_key)'
        f" WHERE status IN ({OPEN_CASE})",
        "DROP INDEX case_one_open",
    ),
    (
        'CREATE INDEX case_by_place ON "case" (community_path text_pattern_ops, id)',
        "DROP INDEX case_by_place",
    ),
    (
        'ALTER TABLE "case" ADD CONSTRAINT case_version_positive CHECK (version > 0)',
        'ALTER TABLE "case" DROP CONSTRAINT case_version_positive',
    ),
    (
        'ALTER TABLE "case" ADD CONSTRAINT case_outcome_known'
        " CHECK (outcome IN ('approved', 'denied'))",
        'ALTER TABLE "case" DROP CONSTRAINT case_outcome_known',
    ),
    (
        "CREATE UNIQUE INDEX case_event_once ON case_event (case_id, seq)",
        "DROP INDEX case_event_once",
    ),
    (
        """CREATE FUNCTION case_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'case events are never changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'case_event_append_only';
        END $$""",
        "DROP FUNCTION case_event_append_only()",
    ),
    (
        "CREATE TRIGGER case_event_append_only BEFORE UPDATE OR DELETE ON case_event"
        " FOR EACH ROW EXECUTE FUNCTION case_event_append_only()",
        "DROP TRIGGER case_event_append_only ON case_event",
    ),
    (
        "CREATE UNIQUE INDEX task_one_open ON task (case_id) WHERE done_at IS NULL",
        "DROP INDEX task_one_open",
    ),
    (
        "CREATE INDEX task_open_of_unit ON task (unit_id, id) WHERE done_at IS NULL",
        "DROP INDEX task_open_of_unit",
    ),
    (
        "CREATE INDEX task_open_of_staff ON task (assignee_id, id) WHERE done_at IS NULL",
        "DROP INDEX task_open_of_staff",
    ),
    (
        "ALTER TABLE opening_hours ADD CONSTRAINT opening_hours_sound CHECK ("
        "weekday BETWEEN 1 AND 7 AND closes > opens AND desks > 0"
        " AND slot_minutes BETWEEN 5 AND 480)",
        "ALTER TABLE opening_hours DROP CONSTRAINT opening_hours_sound",
    ),
    (
        "CREATE UNIQUE INDEX opening_hours_once ON opening_hours (office_id, weekday, opens)",
        "DROP INDEX opening_hours_once",
    ),
    (
        "CREATE UNIQUE INDEX slot_once ON slot (office_id, starts_at)",
        "DROP INDEX slot_once",
    ),
    (
        "ALTER TABLE slot ADD CONSTRAINT slot_not_overbooked CHECK (booked BETWEEN 0 AND capacity)",
        "ALTER TABLE slot DROP CONSTRAINT slot_not_overbooked",
    ),
    (
        "ALTER TABLE slot ADD CONSTRAINT slot_ends_later CHECK (ends_at > starts_at)",
        "ALTER TABLE slot DROP CONSTRAINT slot_ends_later",
    ),
    (
        """CREATE FUNCTION appointment_seat() RETURNS trigger LANGUAGE plpgsql AS $$
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
            END IF;
            RETURN NULL;
        END $$""",
        "DROP FUNCTION appointment_seat()",
    ),
    (
        "CREATE TRIGGER appointment_seat AFTER INSERT OR DELETE OR UPDATE OF slot_id, status"
        " ON appointment FOR EACH ROW EXECUTE FUNCTION appointment_seat()",
        "DROP TRIGGER appointment_seat ON appointment",
    ),
    (
        "CREATE UNIQUE INDEX appointment_once_a_day"
        " ON appointment (person_key, coalesce(item_id, ''), day)"
        " WHERE status IN ('booked', 'checked_in', 'called')",
        "DROP INDEX appointment_once_a_day",
    ),
    (
        "CREATE INDEX message_unread ON message (resident_id) WHERE read_at IS NULL",
        "DROP INDEX message_unread",
    ),
    (
        "CREATE INDEX delivery_due ON delivery (due_at) WHERE status IN ('pending', 'sending')",
        "DROP INDEX delivery_due",
    ),
    (
        "CREATE INDEX delivery_waiting ON delivery (resident_id, template)"
        " WHERE status = 'waiting_credit'",
        "DROP INDEX delivery_waiting",
    ),
    (
        "CREATE UNIQUE INDEX subscription_credit_once"
        " ON subscription_credit (resident_id, template)",
        "DROP INDEX subscription_credit_once",
    ),
    (
        "ALTER TABLE subscription_credit ADD CONSTRAINT subscription_credit_not_negative"
        " CHECK (hints >= 0 AND grants >= 0 AND spent >= 0)",
        "ALTER TABLE subscription_credit DROP CONSTRAINT subscription_credit_not_negative",
    ),
    (
        "CREATE INDEX idempotency_key_age ON idempotency_key (created_at)",
        "DROP INDEX idempotency_key_age",
    ),
    (
        "CREATE SEQUENCE case_number_seq MINVALUE 1 MAXVALUE 999999 CYCLE",
        "DROP SEQUENCE case_number_seq",
    ),
    (
        "CREATE SEQUENCE appointment_number_seq MINVALUE 1 MAXVALUE 999999 CYCLE",
        "DROP SEQUENCE appointment_number_seq",
    ),
]


class Migration(migrations.Migration):
    """Constraints, triggers and sequences on the initial tables."""

    dependencies = [("models", "0001_initial")]  # noqa: RUF012 - Tortoise's own form

    # One operation: before each of its own, Tortoise builds all models of its state anew.
    operations = [  # noqa: RUF012
        ops.RunSQL(
            [sql for sql, _ in STATEMENTS], reverse_sql=[back for _, back in reversed(STATEMENTS)]
        )
    ]
