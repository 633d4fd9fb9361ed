"""The SQL of erasing what a resident left; each step is a transaction, and safe to repeat."""

from backend.appointments.record.statements import among
from backend.appointments.rules.lifecycle import Action, sources
from backend.files.statements import unused

# An account made after the event belongs to somebody who came back, and is not meant.
LEAVE = """
UPDATE resident SET
    openid_hash = 'erased-' || id, openid_sealed = NULL, person_id = NULL, assurance = 'wechat',
    phone_sealed = NULL, phone_hash = NULL, address_sealed = NULL, community_id = NULL,
    erased_at = $3
WHERE openid_hash = $1 AND created_at < $2::timestamptz + interval '1 second'
RETURNING id, old.person_id
"""

# Who is known by name as well stays so; who was known by phone alone is known by WeChat alone.
NO_PHONE = """
UPDATE resident SET phone_sealed = NULL, phone_hash = NULL,
    assurance = CASE assurance WHEN 'phone' THEN 'wechat' ELSE assurance END
WHERE openid_hash = $1 AND phone_sealed IS NOT NULL RETURNING id
"""

BEGUN = "SELECT resident_id FROM erasure WHERE state = 'begun' ORDER BY id LIMIT $1"

# Locks the person's other account, shared: one that is being closed meanwhile waits, and hands on
# what it was given. Then the appointments.
HAND_ON = """
WITH heir AS (
    SELECT r.id FROM resident r JOIN erasure e ON e.person_id = r.person_id
    WHERE e.resident_id = $1 AND r.erased_at IS NULL
    ORDER BY (r.phone_sealed IS NOT NULL) DESC, r.id DESC LIMIT 1 FOR SHARE OF r
)
UPDATE appointment a SET resident_id = heir.id FROM heir, erasure e
WHERE e.resident_id = $1 AND a.resident_id = $1 AND a.person_id = e.person_id RETURNING a.id
"""

AHEAD = f"""
SELECT a.id FROM appointment a JOIN slot s ON s.id = a.slot_id
WHERE a.resident_id = $1 AND a.status IN {among(sources(Action.CANCEL))} AND s.starts_at > $2
"""

# Bookings are no person's any more, and nobody needs their forms. The account's own words go, also
# about what another account of the person booked.
STEPS = {
    "appointments": """
        UPDATE appointment SET person_id = NULL, form_sealed = NULL
        WHERE resident_id = $1 RETURNING 1 AS done""",
    "reasons": """
        UPDATE appointment_event e SET reason_sealed = NULL FROM appointment a
        WHERE a.id = e.appointment_id AND e.reason_sealed IS NOT NULL
            AND (a.resident_id = $1 OR e.actor_id = $1
                 AND a.person_id = (SELECT person_id FROM erasure WHERE resident_id = $1))
        RETURNING 1 AS done""",
    "messages": """
        UPDATE message SET title = '已清除', body = '账号已注销，消息内容已清除'
        WHERE resident_id = $1 RETURNING 1 AS done""",
    "deliveries": """
        UPDATE delivery SET data = '{}', page = '',
            error = CASE WHEN status IN ('sent', 'delivered', 'dropped') THEN error
                         ELSE 'erased' END,
            status = CASE WHEN status IN ('sent', 'delivered', 'dropped') THEN status
                          ELSE 'failed' END
        WHERE resident_id = $1 RETURNING 1 AS done""",
    "credit entries": """
        DELETE FROM credit_entry WHERE credit_id IN
            (SELECT id FROM subscription_credit WHERE resident_id = $1) RETURNING 1 AS done""",
    "credits": "DELETE FROM subscription_credit WHERE resident_id = $1 RETURNING 1 AS done",
    "family copies": """
        DELETE FROM family_copy WHERE $1 IN (principal_id, relative_id) RETURNING 1 AS done""",
    "preferences": "DELETE FROM muted_kind WHERE resident_id = $1 RETURNING 1 AS done",
    "drafts": "DELETE FROM draft WHERE resident_id = $1 RETURNING 1 AS done",
    "stored answers": """
        DELETE FROM idempotency_key WHERE id LIKE 'resident:' || $1::uuid || ':%'
        RETURNING 1 AS done""",
}

# Locks the files first: a case that is just taking one of them is waited for and seen.
HOLD_FILES = "SELECT id FROM stored_file WHERE resident_id = $1 FOR UPDATE"

DELETE_FILES = f"""
DELETE FROM stored_file f WHERE resident_id = $1 AND {unused("f")} RETURNING key
"""

# Locks the person, in a statement of its own: an account that is just being confirmed for the same
# number is waited for and seen.
HOLD_PERSON = """
SELECT p.id FROM person p JOIN erasure e ON e.person_id = p.id WHERE e.resident_id = $1
FOR UPDATE OF p
"""
_ALONE = """NOT EXISTS (SELECT FROM resident r WHERE r.person_id = $1)
    AND NOT EXISTS (SELECT FROM erasure e WHERE e.person_id = $1)"""
# After DONE: mandates of and to who has no account any more end with the last one. What was made at
# a window rests on no account, and is kept as its record.
FORGET_MANDATES = f"""
DELETE FROM mandate WHERE $1 IN (principal_id, agent_id) AND basis = 'code' AND {_ALONE}
"""
# After DONE: what was told when there was no account goes with the last one.
FORGET_MESSAGES = f"DELETE FROM message WHERE person_id = $1 AND {_ALONE}"
# Locks the files first, as HOLD_FILES does.
HOLD_PERSONS_FILES = "SELECT id FROM stored_file WHERE person_id = $1 FOR UPDATE"

# After DONE: what was kept for a person without accounts, and no case has.
DELETE_PERSONS_FILES = f"""
DELETE FROM stored_file f WHERE person_id = $1 AND {_ALONE} AND {unused("f")} RETURNING key
"""

# After DONE. Of a person without accounts only name and number stay, and these only where the law
# keeps something of theirs.
FORGET_PERSON = f"""
WITH alone AS (
    SELECT p.id, EXISTS (SELECT FROM "case" c WHERE c.subject_id = p.id)
        OR EXISTS (SELECT FROM appointment a WHERE a.person_id = p.id)
        OR EXISTS (SELECT FROM stored_file f WHERE f.person_id = p.id)
        OR EXISTS (SELECT FROM mandate m WHERE p.id IN (m.principal_id, m.agent_id)) AS kept
    FROM person p WHERE p.id = $1 AND {_ALONE}
), bare AS (
    UPDATE person p SET phone_sealed = NULL, phone_hash = NULL, address_sealed = NULL,
        community_id = NULL
    FROM alone WHERE p.id = alone.id AND kept
)
DELETE FROM person p USING alone WHERE p.id = alone.id AND NOT kept
"""

DONE = """
UPDATE erasure SET state = 'done', done_at = $2, person_id = NULL
WHERE resident_id = $1 AND state = 'begun'
"""
