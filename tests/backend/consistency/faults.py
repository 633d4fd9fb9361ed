"""What is done to the scene so that a sentence of the audit is no longer true."""

from tests.backend.cases.factories import COMMUNITY

LATEST = "(SELECT id FROM \"case\" WHERE status = 'submitted' LIMIT 1)"
DECIDED = "(SELECT id FROM \"case\" WHERE status = 'approved' LIMIT 1)"
ONE = "(SELECT id FROM person ORDER BY id LIMIT 1)"
LI = "(SELECT resident_id FROM appointment LIMIT 1)"
WANG = "(SELECT resident_id FROM \"case\" WHERE status = 'withdrawn' LIMIT 1)"
UNCANCELLED = (
    "UPDATE appointment SET status = 'booked'; UPDATE slot SET booked = 1;"
    " INSERT INTO seat (id, slot_id, appointment_id) SELECT uuidv7(), slot_id, id FROM appointment"
    " ON CONFLICT DO NOTHING;"
    " UPDATE appointment_event SET action = 'reschedule', after = 'booked' WHERE action = 'cancel'"
)
GONE = (
    "INSERT INTO erasure (id, created_at, resident_id, cause, state)"
    " SELECT uuidv7(), now(), resident_id, 'x', 'done' FROM draft"
)
# What a booking says of somebody besides its form.
UNTOLD = (
    "UPDATE appointment SET person_id = NULL; UPDATE appointment_event SET reason_sealed = NULL"
)
STAFF = "(SELECT id FROM staff LIMIT 1)"
# The case as a window files it for a person.
WINDOW = (
    f"UPDATE case_event SET actor = 'staff', actor_id = {STAFF} WHERE case_id = {LATEST};"
    f" UPDATE case_form SET actor = 'staff', actor_id = {STAFF} WHERE case_id = {LATEST};"
    f" UPDATE \"case\" SET resident_id = NULL, filed_by = 'staff', filed_by_id = {STAFF},"
    f" received_unit_id = holder_id WHERE id = {LATEST}"
)
OTHER = "210102001002"
SENT = (
    "INSERT INTO case_transfer"
    " (id, created_at, case_id, from_unit_id, to_unit_id, sender_id, state)"
    f" SELECT uuidv7(), now(), {{}}, '{{}}', '210102001003', {STAFF}, 'open'"
)
SENT_EVENT = (
    "INSERT INTO case_event (id, created_at, case_id, seq, action, actor, actor_id, before, after,"
    " step, unit_id) SELECT uuidv7(), now(), id, (SELECT max(seq) + 1 FROM case_event"
    f" WHERE case_id = c.id), 'transfer', 'staff', {STAFF}, status, status, step, holder_id"
    ' FROM "case" c WHERE id = {}'
)
RECUSED_EVENT = SENT_EVENT.format(LATEST).replace("'transfer'", "'recuse'")
RECUSED = (
    "INSERT INTO recusal (id, created_at, case_id, staff_id, made_by, reason_sealed, ended_at)"
    f" SELECT uuidv7(), now(), {LATEST}, id, id, 'x', {{}} FROM staff WHERE id = {STAFF};"
    f" {RECUSED_EVENT}"
)
# What it keeps with it.
INTAKE = (
    "INSERT INTO case_intake (id, created_at, case_id, consent, agent_sealed)"
    f" VALUES (uuidv7(), now(), {LATEST}, %s)"
)
# Everything booked at a window, for a person without an account, and nobody told.
AT_A_WINDOW = (
    "UPDATE appointment SET resident_id = NULL, booked_by = 'staff', case_id = NULL,"
    " booked_by_id = (SELECT id FROM staff LIMIT 1);"
    " UPDATE appointment_event SET actor = 'staff', actor_id = (SELECT id FROM staff LIMIT 1);"
    " DELETE FROM delivery WHERE message_id IN"
    " (SELECT id FROM message WHERE appointment_id IS NOT NULL);"
    " DELETE FROM message WHERE appointment_id IS NOT NULL"
)
# What must be lifted before the fault can be written, if a trigger's absence is not enough.
FAULTS: dict[str, str] = {
    "events_contiguous": f"UPDATE case_event SET seq = 9 WHERE case_id = {DECIDED} AND seq = 7;"
    " UPDATE paper SET seq = 9 WHERE seq = 7",
    "events_follow": f"UPDATE case_event SET before = 'under_review', action = 'pass'"
    f" WHERE case_id = {DECIDED} AND action = 'pass' AND before = 'accepted'",
    "events_allowed": f"UPDATE case_event SET action = 'return' WHERE case_id = {DECIDED}"
    f" AND action = 'pass' AND before = 'accepted'; UPDATE message SET kind = 'case.return'"
    f" WHERE id = (SELECT id FROM message WHERE case_id = {DECIDED} AND kind = 'case.pass'"
    " LIMIT 1); UPDATE message m SET kind = 'staff.return' FROM case_event e"
    f" WHERE m.case_id = {DECIDED} AND m.kind = 'staff.pass' AND e.case_id = m.case_id"
    " AND e.action = 'return' AND m.unit_id = e.unit_id",
    "status_of_events": f"UPDATE \"case\" SET status = 'accepted' WHERE id = {LATEST}",
    "version_of_events": f'UPDATE "case" SET version = 3 WHERE id = {LATEST}',
    "forms_contiguous": f"UPDATE case_form SET no = 3 WHERE case_id = {DECIDED} AND no = 2",
    "form_of_event": f"UPDATE case_form SET actor_id = uuidv7() WHERE case_id = {DECIDED}"
    " AND no = 2",
    "event_by_somebody": f"UPDATE case_event SET actor_id = uuidv7() WHERE case_id = {LATEST};"
    f" UPDATE case_form f SET actor_id = e.actor_id FROM case_event e WHERE e.case_id = f.case_id"
    f" AND e.case_id = {LATEST}",
    "times_of_events": f'UPDATE "case" SET decided_at = now() WHERE id = {DECIDED}',
    "outcome_of_decision": f"UPDATE \"case\" SET outcome = 'denied' WHERE id = {DECIDED}",
    "supplement_while_asked": f"UPDATE \"case\" SET resume_status = 'accepted' WHERE id = {LATEST}",
    "case_number_once": 'ALTER TABLE "case" DROP CONSTRAINT case_number_key;'
    " UPDATE \"case\" SET number = 'A'",
    "case_open_once": f"DROP INDEX case_one_open; UPDATE resident SET person_id = {ONE};"
    " UPDATE identity_check SET number_hash = (SELECT id_number_hash FROM person"
    f" WHERE id = {ONE});"
    f" UPDATE appointment SET person_id = {ONE};"
    f" UPDATE \"case\" SET subject_id = {ONE}, object_key = ''",
    "case_of_somebody": f"{WINDOW}; DELETE FROM case_material WHERE case_id = {LATEST};"
    f" DELETE FROM delivery WHERE message_id IN (SELECT id FROM message WHERE case_id = {LATEST}"
    " AND appointment_id IS NULL AND recipient = 'resident');"
    f" DELETE FROM message WHERE case_id = {LATEST} AND appointment_id IS NULL"
    " AND recipient = 'resident';"
    " UPDATE message SET case_id = NULL WHERE appointment_id IS NOT NULL;"
    " UPDATE appointment SET case_id = NULL;"
    f' UPDATE "case" SET subject_id = NULL WHERE id = {LATEST}',
    "case_of_its_person": f'UPDATE "case" c SET subject_id = (SELECT id FROM person'
    f" WHERE id <> c.subject_id) WHERE id = {LATEST}",
    "case_filed_by_somebody": "UPDATE \"case\" SET filed_by = 'staff'",
    "case_in_its_version": f'UPDATE "case" SET step = 9 WHERE id = {LATEST};'
    f" UPDATE case_event SET step = 9 WHERE case_id = {LATEST};"
    f" UPDATE task SET step = 9 WHERE case_id = {LATEST}",
    "case_units_exist": f"UPDATE \"case\" SET department_unit_id = 'nowhere' WHERE id = {LATEST}",
    "case_in_its_place": f"UPDATE \"case\" SET community_path = 'x' WHERE id = {LATEST}",
    "one_open_task": f"UPDATE task SET done_at = now() WHERE case_id = {LATEST}",
    "holder_of_events": f"UPDATE \"case\" SET holder_id = '{OTHER}' WHERE id = {LATEST};"
    f" UPDATE task SET unit_id = '{OTHER}' WHERE case_id = {LATEST}",
    "transfer_of_holder": f"{SENT.format(LATEST, OTHER)}; {SENT_EVENT.format(LATEST)}",
    "transfer_of_events": SENT.format(LATEST, COMMUNITY),
    "recusal_kept": RECUSED_EVENT,
    "task_of_route": "INSERT INTO task (id, created_at, case_id, step, unit_id, role)"
    f" SELECT uuidv7(), now(), case_id, 9, unit_id, role FROM task WHERE case_id = {LATEST}",
    "task_of_active_staff": f"UPDATE task SET assignee_id = (SELECT id FROM staff LIMIT 1)"
    f" WHERE case_id = {LATEST}; UPDATE staff SET active = false",
    "papers_have_files": f"UPDATE case_material SET file_id = (SELECT id FROM stored_file"
    f" WHERE resident_id = {WANG} LIMIT 1) WHERE case_id = {LATEST}",
    "papers_of_version": f"UPDATE case_material SET code = 'poem' WHERE case_id = {LATEST}",
    "limits_recomputed": "UPDATE \"case\" SET notice_due_at = notice_due_at + interval '1 day'",
    "slot_ends_later": "UPDATE slot SET ends_at = starts_at",
    "seats_counted": "UPDATE slot SET booked = 1 - booked",
    "seat_of_appointment": "INSERT INTO seat (id, slot_id, appointment_id)"
    " SELECT uuidv7(), slot_id, id FROM appointment WHERE status = 'cancelled';"
    " UPDATE slot SET booked = 1",
    "slot_used_is_kept": "UPDATE slot SET used = false WHERE booked = 0",
    "seats_within_capacity": "ALTER TABLE slot DROP CONSTRAINT slot_not_overbooked;"
    " UPDATE slot SET capacity = booked - 1",
    "appointment_in_its_slot": "UPDATE appointment SET day = day + 1 WHERE status = 'booked'",
    "appointment_once_a_day": f"DROP INDEX appointment_once_a_day; {UNCANCELLED};"
    " UPDATE appointment SET item_id = NULL, case_id = NULL;"
    " UPDATE slot SET starts_at = starts_at + interval '3 hours', ends_at = ends_at"
    " + interval '3 hours' WHERE id = (SELECT max(id::text)::uuid FROM slot)",
    "appointments_apart": UNCANCELLED,
    "appointment_number_once": "ALTER TABLE appointment DROP CONSTRAINT appointment_number_key;"
    " UPDATE appointment SET number = 'A'",
    "appointment_of_somebody": f"{AT_A_WINDOW}; UPDATE appointment SET person_id = NULL",
    "appointment_of_its_person": "UPDATE appointment SET booked_by = 'staff'",
    "appointment_of_its_case": f"UPDATE appointment SET case_id = {DECIDED}"
    " WHERE case_id IS NOT NULL",
    "appointment_item_exists": "UPDATE appointment SET item_id = 'FW-XX-999' WHERE case_id IS NULL",
    "appointment_events_numbered": "UPDATE appointment_event SET seq = 3 WHERE action = 'cancel'",
    "appointment_events_follow": "UPDATE appointment_event SET before = NULL, action = 'book'"
    " WHERE action = 'reschedule'",
    "appointment_events_allowed": "UPDATE appointment_event SET action = 'reschedule'"
    " WHERE action = 'cancel'",
    "appointment_of_its_events": "UPDATE appointment_event SET slot_id = (SELECT id FROM slot"
    " WHERE booked = 1) WHERE action = 'cancel'",
    "appointment_event_by_somebody": "UPDATE appointment_event SET actor = 'staff'"
    " WHERE action = 'cancel'",
    "message_of_event": f"UPDATE message SET kind = 'news' WHERE case_id = {DECIDED}"
    " AND kind = 'case.accept'",
    "message_to_unit": f"UPDATE message SET unit_id = '{COMMUNITY}' WHERE kind = 'staff.pass'",
    "message_has_its_recipient": "UPDATE message SET system = 'x' WHERE kind = 'case.accept'",
    "message_read_by_recipient": "UPDATE message_read SET staff_id ="
    " (SELECT id FROM staff WHERE id <> staff_id LIMIT 1)",
    "message_of_appointment": "UPDATE message SET appointment_id = NULL"
    " WHERE kind = 'appointment.cancel'",
    "message_to_whom_it_concerns": f"WITH m AS (UPDATE message SET resident_id = {WANG}"
    " WHERE kind = 'appointment.cancel' RETURNING id, resident_id)"
    " UPDATE delivery d SET resident_id = m.resident_id FROM m WHERE d.message_id = m.id",
    "delivery_of_message": "DELETE FROM delivery WHERE message_id = (SELECT id FROM message"
    " LIMIT 1)",
    "delivery_to_recipient": f"UPDATE delivery SET resident_id = {WANG} WHERE resident_id = {LI}",
    "delivery_dropped_for_a_reason": "UPDATE delivery SET status = 'dropped', reason = NULL",
    "delivery_merged_into_one": "UPDATE delivery SET status = 'dropped', reason = 'merged'",
    "family_told_nothing": "WITH m AS (INSERT INTO message (id, created_at, recipient, resident_id,"
    " kind, title, body, case_id) SELECT uuidv7(), now(), 'resident', resident_id,"
    f" 'family.progress', '', '', id FROM \"case\" WHERE id = {LATEST} RETURNING id, resident_id)"
    " INSERT INTO delivery (id, created_at, message_id, channel, resident_id, template, page, data,"
    " status, reason, attempts, due_at, expires_at) SELECT uuidv7(), now(), id, 'wechat',"
    " resident_id, '', '', '{}', 'dropped', 'echo', 0, now(), now() FROM m",
    "muted_kind_mutable": "INSERT INTO muted_kind (id, created_at, resident_id, kind, channel)"
    f" VALUES (uuidv7(), now(), {WANG}, 'case.request_supplement', 'wechat')",
    "delivery_after_another": "INSERT INTO delivery (id, created_at, message_id, channel,"
    " resident_id, template, page, data, status, attempts, due_at, expires_at) SELECT uuidv7(),"
    " created_at, message_id, 'sms', resident_id, 'act', '', '{}', 'pending', 0, due_at, expires_at"
    " FROM delivery LIMIT 1",
    "delivery_was_tried": "UPDATE delivery SET status = 'sent'",
    "credit_of_ledger": "UPDATE subscription_credit SET hints = 2",
    "credit_not_overdrawn": "UPDATE subscription_credit SET spent = 2; INSERT INTO credit_entry"
    " (id, created_at, credit_id, kind) SELECT uuidv7(), now(), id, 'spend'"
    " FROM subscription_credit, generate_series(1, 2)",
    "person_once": "ALTER TABLE person ALTER id_number_sealed DROP NOT NULL,"
    " DROP CONSTRAINT person_id_number_hash_key; UPDATE person SET id_number_hash = 'one',"
    " id_number_sealed = NULL; UPDATE identity_check SET number_hash = 'one'",
    "person_left_is_bare": f"UPDATE person SET community_id = '{COMMUNITY}';"
    f" UPDATE resident SET person_id = NULL, assurance = 'wechat' WHERE id = {WANG};"
    f' UPDATE "case" SET subject_id = NULL WHERE resident_id = {WANG}',
    "drafts_bounded": f"{GONE}; {UNTOLD}",
    "phone_sealed_and_hashed": f"UPDATE resident SET phone_hash = 'x' WHERE id = {WANG}",
    "assurance_earned": "ALTER TABLE resident DROP CONSTRAINT resident_real_name_of_person;"
    " UPDATE resident SET assurance = 'wechat'",
    "real_name_confirmed": "UPDATE identity_check SET result = 'mismatch'",
    "mandate_sound": "ALTER TABLE mandate DROP CONSTRAINT mandate_to_another;"
    " INSERT INTO mandate (id, created_at, principal_id, agent_id, rights, until, basis,"
    " accepted_at) SELECT uuidv7(), now(), id, id, '[]', now(), 'code', now() FROM person LIMIT 1",
    "absence_sound": "ALTER TABLE absence ALTER reason_sealed DROP NOT NULL;"
    " INSERT INTO absence (id, created_at, staff_id, starts_on, ends_on, made_by)"
    " SELECT uuidv7(), now(), id, now(), now(), id FROM staff, generate_series(1, 2)",
    "account_once": "ALTER TABLE resident DROP CONSTRAINT resident_openid_hash_key;"
    " UPDATE resident SET openid_hash = 'one', openid_sealed = NULL",
    "erased_is_gone": f"UPDATE resident SET erased_at = now() WHERE id = {WANG}",
    "admin_holds_no_other_post": "INSERT INTO post (id, created_at, staff_id, unit_id, role)"
    " SELECT uuidv7(), now(), staff_id, unit_id, 'admin' FROM post WHERE role = 'clerk' LIMIT 1",
    "staff_left_is_out": "UPDATE staff SET left_at = now()",
    "session_of_one": "ALTER TABLE session DROP CONSTRAINT session_has_one_owner;"
    " UPDATE session SET audience = 'staff'",
    "session_end_told": "UPDATE session SET revoke_reason = NULL",
    "session_has_one_token": "UPDATE refresh_token SET used_at = now()",
    "references_exist": "INSERT INTO post (id, created_at, staff_id, unit_id, role) SELECT"
    " uuidv7(), now(), uuidv7(), code, 'clerk' FROM org_unit LIMIT 1",
    "version_frozen": "UPDATE item_version SET promised_days = promised_days + 1"
    " WHERE item_id = 'FW-TD-001'",
    "versions_contiguous": "UPDATE item_version SET version = 2 WHERE item_id = 'FW-TD-001'",
    "unit_path": "UPDATE org_unit SET path = 'x' WHERE code = '210103005001'",
    "guards_on": "ALTER TABLE case_event DISABLE TRIGGER case_event_append_only",
    "case_unseals": f"UPDATE \"case\" SET query_code_sealed = 'x' WHERE id = {LATEST}",
    "form_unseals": f"UPDATE case_form SET form_sealed = 'x' WHERE case_id = {LATEST}",
    "agent_unseals": WINDOW + ";" + INTAKE % "'oral', 'x'",
    "intake_of_window": INTAKE % "'oral', NULL",
    "draft_unseals": "UPDATE draft SET content_sealed = 'x'",
    "event_unseals": "UPDATE case_event SET internal_sealed = public_sealed"
    " WHERE public_sealed IS NOT NULL",
    "paper_unseals": "UPDATE case_material SET id = uuidv7() WHERE reason_sealed IS NOT NULL",
    "issued_unseals": "UPDATE paper SET content_sealed = 'x'",
    "paper_of_event": "UPDATE paper SET kind = 'acceptance' WHERE kind = 'receipt'",
    "paper_has_file": "UPDATE stored_file SET media_type = 'image/png' WHERE unit_id IS NOT NULL",
    "paper_numbers_contiguous": "UPDATE paper_series SET newest = newest + 1",
    "booked_form_unseals": "UPDATE appointment SET form_sealed = 'x'"
    " WHERE id = (SELECT id FROM appointment LIMIT 1)",
    "cancelling_unseals": "UPDATE appointment_event SET reason_sealed = 'x'"
    " WHERE action = 'cancel'",
    "file_name_unseals": f"UPDATE stored_file SET name_hash = 'x' WHERE resident_id = {LI}",
    "account_unseals": f"UPDATE resident SET openid_sealed = 'x' WHERE id = {WANG}",
    "person_unseals": "UPDATE person SET name_sealed = id_number_sealed",
    "staff_unseals": "UPDATE staff SET name_sealed = 'x'",
    "recusal_unseals": RECUSED.format("NULL"),
    "task_filter_unseals": "INSERT INTO task_filter (id, created_at, staff_id, name_sealed,"
    " name_hash, query) SELECT uuidv7(), now(), id, 'x', 'x', '{}' FROM staff LIMIT 1",
    "absence_unseals": "INSERT INTO absence (id, created_at, staff_id, starts_on, ends_on, made_by,"
    " reason_sealed) SELECT uuidv7(), now(), id, now(), now(), id, 'x' FROM staff LIMIT 1",
    "second_factor_unseals": "INSERT INTO second_factor (id, created_at, staff_id, offered_sealed)"
    " SELECT uuidv7(), now(), id, 'x' FROM staff LIMIT 1",
    "answer_has_effect": "DELETE FROM idempotency_key WHERE id NOT IN"
    " (SELECT id FROM idempotency_key LIMIT 1); UPDATE idempotency_key SET id = id || 'x'",
    "file_has_one_owner": "ALTER TABLE stored_file DROP CONSTRAINT stored_file_has_one_owner;"
    f" UPDATE stored_file SET staff_id = {STAFF}",
    "file_has_bytes": "UPDATE stored_file SET key = 'aa/bb/' || id WHERE unit_id IS NULL",
    "paper_has_bytes": "UPDATE stored_file SET key = 'aa/bb/' || id WHERE unit_id IS NOT NULL",
    "file_has_its_size": f"UPDATE stored_file SET size = size + 1 WHERE resident_id = {LI}",
    "file_reads": f"UPDATE stored_file SET sha256 = 'x' WHERE resident_id = {LI}",
}
# Other ways to break the same sentences; what else they break does not matter.
MORE = [
    (
        "transfer_of_holder",
        "; ".join(["DROP INDEX case_transfer_one_open", *[SENT.format(LATEST, COMMUNITY)] * 2]),
    ),
    ("recusal_kept", RECUSED.format("now()")),
    (
        "recusal_kept",
        f"{RECUSED.format('NULL')}; UPDATE task SET assignee_id = {STAFF} WHERE case_id = {LATEST}",
    ),
    (
        "transfer_of_holder",
        (
            f"{SENT.format(DECIDED, COMMUNITY)}; UPDATE case_transfer SET from_unit_id ="
            ' (SELECT holder_id FROM "case" WHERE id = case_id);'
            " UPDATE \"case\" SET status = 'closed'"
        ),
    ),
    (
        "staff_left_is_out",
        (
            "UPDATE staff SET left_at = now(), active = false, openid_hash = NULL;"
            " INSERT INTO second_factor (id, created_at, staff_id)"
            " SELECT uuidv7(), now(), id FROM staff"
        ),
    ),
    ("guards_on", "ALTER TABLE message ENABLE REPLICA TRIGGER message_sound"),
    ("message_has_its_recipient", "UPDATE message SET read_at = now() WHERE unit_id IS NOT NULL"),
    ("message_to_whom_it_concerns", "UPDATE message SET appointment_id = uuidv7()"),
    ("intake_of_window", WINDOW + ";" + INTAKE % "'paper', NULL"),
    ("case_filed_by_somebody", "UPDATE \"case\" SET filed_by = 'nobody'"),
    ("appointment_of_its_person", "UPDATE appointment SET booked_by = 'nobody'"),
    ("erased_is_gone", f"{GONE}; {UNTOLD}; UPDATE appointment SET form_sealed = 'x'"),
    ("erased_is_gone", f"{GONE}; UPDATE appointment SET person_id = NULL"),
    (
        "erased_is_gone",
        (
            f"{GONE}; {UNTOLD}; UPDATE appointment SET form_sealed = NULL;"
            " INSERT INTO family_copy (id, created_at, principal_id, phone_hash, code_hash,"
            " code_until) SELECT uuidv7(), now(), resident_id, '', '', now() FROM draft"
        ),
    ),
]
