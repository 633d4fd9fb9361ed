"""What must hold whatever the application does: constraints, indexes, triggers, sequences.

Written in SQL because Tortoise leaves `Meta.constraints` of a new model out (its issue 2272).
"""

OPEN_CASE = (
    "'draft','submitted','supplement_requested','accepted','under_review','suspended',"
    "'approved','denied','delivered'"
)

# Rows that are never deleted or renamed, so that a code once written stays good.
KEPT = [
    ("org_unit", "code"),
    ("service_item", "code"),
    ("item_version", "id"),
    ("office", "id"),
    ("appointment", "id"),
]
# Keys that Tortoise makes although the models say `db_constraint=False`. Those to the rows above
# would only check, at each write, codes that the process read from these tables itself, and would
# make all writers lock the same few rows. A seat looks for its slot anyway, and slots that had one
# are never deleted. Events, forms and messages are written by the statement that has their case or
# appointment in hand, and a delivery by the one that writes its message, which has the same account.
UNCHECKED = [
    ("case", "item_id"),
    ("case", "item_version_id"),
    ("case", "community_id"),
    ("case", "department_unit_id"),
    ("case", "holder_id"),
    ("case_event", "unit_id"),
    ("case_form", "case_id"),
    ("task", "unit_id"),
    ("appointment", "item_id"),
    ("appointment", "office_id"),
    ("appointment", "slot_id"),
    ("appointment_event", "appointment_id"),
    ("appointment_event", "slot_id"),
    ("seat", "slot_id"),
    ("seat", "appointment_id"),
    ("message", "unit_id"),
    ("message", "appointment_id"),
    ("delivery", "resident_id"),
]
# What is asked of a row by the function `<table>_sound` when one of these columns is written.
ASKED = {
    "appointment": "booked_by, person_id, resident_id",
    "case": "filed_by, subject_id, resident_id, outcome, version",
    "message": "recipient, resident_id, staff_id, unit_id, role, system, read_at",
    "slot": "starts_at, ends_at",
}

PEOPLE = [
    "ALTER TABLE session ADD CONSTRAINT session_has_one_owner CHECK ("
    "(audience = 'resident') = (resident_id IS NOT NULL)"
    " AND (audience = 'staff') = (staff_id IS NOT NULL))",
    "CREATE UNIQUE INDEX post_once ON post (staff_id, unit_id, role) WHERE valid_to IS NULL",
    "ALTER TABLE resident ADD CONSTRAINT resident_real_name_of_person"
    " CHECK ((assurance = 'real_name') = (person_id IS NOT NULL))",
    "ALTER TABLE person ADD CONSTRAINT person_checked_known"
    " CHECK (checked IN ('identity_check', 'id_card', 'household_register', 'other'))",
    "CREATE UNIQUE INDEX erasure_once ON erasure (resident_id)",
    "ALTER TABLE stored_file ADD CONSTRAINT stored_file_has_one_owner"
    " CHECK (num_nonnulls(resident_id, person_id, staff_id) = 1)",
    # Most files are an account's: the two others are looked for where there is one.
    "CREATE INDEX stored_file_of_person ON stored_file (person_id) WHERE person_id IS NOT NULL",
    "CREATE INDEX stored_file_of_staff ON stored_file (staff_id) WHERE staff_id IS NOT NULL",
]
ITEMS = [
    "CREATE UNIQUE INDEX item_version_once ON item_version (item_id, version)",
    "CREATE UNIQUE INDEX item_version_one_published ON item_version (item_id)"
    " WHERE status = 'published'",
    "CREATE TRIGGER item_version_frozen BEFORE UPDATE OR DELETE ON item_version"
    " FOR EACH ROW EXECUTE FUNCTION item_version_frozen()",
    "ALTER TABLE data_load ADD CONSTRAINT data_load_once CHECK (id = 1)",
    "CREATE INDEX idempotency_key_age ON idempotency_key (created_at)",
]
CASES = [
    'CREATE UNIQUE INDEX case_one_open ON "case"'
    " (coalesce(subject_id, resident_id), item_id, object_key)"
    f" WHERE status IN ({OPEN_CASE})",
    'CREATE INDEX case_by_place ON "case" (community_path text_pattern_ops, id)',
    "CREATE UNIQUE INDEX case_event_once ON case_event (case_id, seq)",
    "CREATE TRIGGER case_event_append_only BEFORE UPDATE OR DELETE ON case_event"
    " FOR EACH ROW EXECUTE FUNCTION case_event_append_only()",
    "CREATE UNIQUE INDEX case_form_once ON case_form (case_id, no)",
    "CREATE TRIGGER case_form_append_only BEFORE UPDATE OR DELETE ON case_form"
    " FOR EACH ROW EXECUTE FUNCTION case_form_append_only()",
    # Several units may work on a case at once: its own task is that of its step at its holder.
    "CREATE UNIQUE INDEX task_one_open ON task (case_id, step, unit_id) WHERE done_at IS NULL",
    "CREATE INDEX task_open_of_unit ON task (unit_id, id) WHERE done_at IS NULL",
    "CREATE INDEX task_open_of_staff ON task (assignee_id, id) WHERE done_at IS NULL",
    "CREATE SEQUENCE case_number_seq MINVALUE 1 MAXVALUE 999999 CYCLE",
]
APPOINTMENTS = [
    "ALTER TABLE opening_hours ADD CONSTRAINT opening_hours_sound CHECK ("
    "weekday BETWEEN 1 AND 7 AND closes > opens AND desks > 0"
    " AND slot_minutes BETWEEN 5 AND 480)",
    "CREATE UNIQUE INDEX opening_hours_once ON opening_hours (office_id, weekday, opens)",
    "CREATE UNIQUE INDEX office_closure_once ON office_closure (office_id, day)",
    "CREATE UNIQUE INDEX slot_once ON slot (office_id, starts_at)",
    "ALTER TABLE slot ADD CONSTRAINT slot_not_overbooked CHECK (booked BETWEEN 0 AND capacity)",
    # Room on each page for the next version of a slot that many book.
    "ALTER TABLE slot SET (fillfactor = 60)",
    "CREATE TRIGGER slot_kept BEFORE DELETE OR UPDATE OF id ON slot"
    " FOR EACH ROW EXECUTE FUNCTION slot_kept()",
    "CREATE UNIQUE INDEX appointment_once_a_day ON appointment"
    " (coalesce(person_id, resident_id), coalesce(item_id, ''), day)"
    " WHERE status IN ('booked', 'checked_in', 'called')",
    "CREATE INDEX appointment_of_case ON appointment (case_id) WHERE case_id IS NOT NULL",
    "CREATE UNIQUE INDEX appointment_event_once ON appointment_event (appointment_id, seq)",
    "CREATE TRIGGER appointment_event_append_only BEFORE UPDATE OR DELETE ON appointment_event"
    " FOR EACH ROW EXECUTE FUNCTION appointment_event_append_only()",
    "CREATE UNIQUE INDEX seat_once ON seat (appointment_id, slot_id)",
    # Of a seat that moves the old slot is left first, by the triggers' names.
    "CREATE TRIGGER seat_left AFTER DELETE OR UPDATE OF slot_id ON seat"
    " FOR EACH ROW EXECUTE FUNCTION seat_left()",
    "CREATE TRIGGER seat_taken AFTER INSERT OR UPDATE OF slot_id ON seat"
    " FOR EACH ROW EXECUTE FUNCTION seat_taken()",
    "CREATE SEQUENCE appointment_number_seq MINVALUE 1 MAXVALUE 999999 CYCLE",
]
MESSAGES = [
    "CREATE INDEX message_of_resident ON message (resident_id, id) WHERE resident_id IS NOT NULL",
    "CREATE INDEX message_unread ON message (resident_id)"
    " WHERE read_at IS NULL AND resident_id IS NOT NULL",
    "CREATE INDEX message_of_unit ON message (unit_id, role, id) WHERE unit_id IS NOT NULL",
    "CREATE INDEX message_of_staff ON message (staff_id, id) WHERE staff_id IS NOT NULL",
    # Of others than residents, whose messages are kept.
    "CREATE INDEX message_age ON message (created_at) WHERE resident_id IS NULL",
    # In this order an inbox is counted against a scan of its reader's marks, whatever others read.
    "CREATE UNIQUE INDEX message_read_once ON message_read (staff_id, message_id)",
    # For the key, where a message goes.
    "CREATE INDEX message_read_of_message ON message_read (message_id)",
    "CREATE INDEX delivery_due ON delivery (due_at) WHERE status IN ('pending', 'unknown')",
    "CREATE INDEX delivery_in_doubt ON delivery (resident_id, template)"
    " WHERE status IN ('sending', 'unknown')",
    "CREATE INDEX delivery_waiting ON delivery (resident_id, template)"
    " WHERE status = 'waiting_credit'",
    "CREATE UNIQUE INDEX subscription_credit_once ON subscription_credit (resident_id, template)",
    "ALTER TABLE subscription_credit ADD CONSTRAINT subscription_credit_not_negative"
    " CHECK (hints >= 0 AND grants >= 0 AND spent >= 0)",
]
ACCESS_LOG = [
    # Somebody could hang it on a table of their own, and it writes with its owner's right.
    "REVOKE EXECUTE ON FUNCTION access_log_chain() FROM PUBLIC",
    "CREATE TRIGGER access_log_chain BEFORE INSERT ON access_log"
    " FOR EACH ROW EXECUTE FUNCTION access_log_chain()",
    "CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log"
    " FOR EACH STATEMENT EXECUTE FUNCTION access_log_append_only()",
    "ALTER TABLE access_log_head ADD CONSTRAINT access_log_head_one CHECK (id = 1)",
    "CREATE TRIGGER access_log_head_kept BEFORE DELETE OR TRUNCATE ON access_log_head"
    " FOR EACH STATEMENT EXECUTE FUNCTION access_log_append_only()",
    "CREATE TRIGGER access_log_head_grows BEFORE UPDATE ON access_log_head FOR EACH ROW"
    " WHEN (NEW.seq <> OLD.seq + 1) EXECUTE FUNCTION access_log_append_only()",
]
STATEMENTS = [
    *(
        f"CREATE TRIGGER {table}_kept BEFORE DELETE OR UPDATE OF {key} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION kept_for_good()"
        for table, key in KEPT
    ),
    *(
        f'ALTER TABLE "{table}" DROP CONSTRAINT {table}_{column}_fkey'
        for table, column in UNCHECKED
    ),
    *(
        f'CREATE TRIGGER {table}_sound BEFORE INSERT OR UPDATE OF {columns} ON "{table}"'
        f" FOR EACH ROW EXECUTE FUNCTION {table}_sound()"
        for table, columns in ASKED.items()
    ),
    *PEOPLE,
    *ITEMS,
    *CASES,
    *APPOINTMENTS,
    *MESSAGES,
    *ACCESS_LOG,
]
