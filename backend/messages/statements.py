"""The SQL of the inboxes, of what somebody muted, and of pushes that were heard."""

from dataclasses import dataclass

from notifications.telling.statements import WAITS

# The other accounts `o` of the person of account $1, who is confirmed: nobody else has one. Theirs
# too is what such an account was told of the person's cases and bookings that it began. Of what a
# window or an agent began each account is told by itself: an account confirmed later is shown what
# the first of the others was told before.
_OTHERS = """resident me JOIN resident o
    ON me.id = $1 AND o.person_id = me.person_id AND o.id <> me.id"""
_TOLD_ALIKE = """t.case_id IS NOT DISTINCT FROM m.case_id AND t.kind = m.kind
    AND t.appointment_id IS NOT DISTINCT FROM m.appointment_id AND t.created_at = m.created_at"""
_BEFORE = f"""NOT EXISTS (SELECT FROM message t JOIN resident r ON r.id = t.resident_id
    WHERE r.person_id = me.person_id AND (r.id = me.id OR r.id < o.id) AND {_TOLD_ALIKE})"""
_OF_PERSON = f"""m.resident_id = o.id AND (
        EXISTS (SELECT FROM appointment a WHERE a.id = m.appointment_id
                AND a.resident_id = o.id AND a.person_id = o.person_id)
        OR m.appointment_id IS NULL AND EXISTS (
            SELECT FROM "case" c WHERE c.id = m.case_id
                AND c.resident_id = o.id AND c.subject_id = o.person_id)
        OR (m.appointment_id IS NULL AND EXISTS (SELECT FROM "case" c WHERE c.id = m.case_id
                AND c.resident_id IS NULL AND c.subject_id = o.person_id)
            OR EXISTS (SELECT FROM appointment a WHERE a.id = m.appointment_id
                AND a.resident_id IS NULL AND a.person_id = o.person_id)) AND {_BEFORE})"""
# What the person of account $1 was told when they had none.
_EARLIER = "resident me JOIN message m ON me.id = $1 AND m.person_id = me.person_id"
# Locks the message. Read with one account, it is read for the person.
READ = f"""
UPDATE message m SET read_at = coalesce(read_at, $3)
WHERE m.id = $2 AND (m.resident_id = $1 OR EXISTS (SELECT FROM {_OTHERS} WHERE {_OF_PERSON})
    OR m.person_id = (SELECT person_id FROM resident WHERE id = $1))
RETURNING id
"""

REMEMBER = """
INSERT INTO push_event (digest, event, received_at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING digest
"""
FORGET_PUSHES = """
DELETE FROM push_event WHERE received_at < $1::timestamptz - interval '30 days' RETURNING digest
"""

_SHOWN = """m.id, m.kind, m.importance, m.title, m.body, m.created_at, m.case_id, m.appointment_id,
    (SELECT jsonb_agg(jsonb_build_object(
            'channel', d.channel, 'status', d.status, 'reason', d.reason,
            'at', coalesce(d.sent_at, d.created_at), 'held_until', d.held_until,
            'merged_into', (SELECT i.message_id FROM delivery i WHERE i.id = d.merged_into_id))
        ORDER BY d.id) FROM delivery d WHERE d.message_id = m.id
            AND (d.staff_id IS NULL OR d.staff_id = $1)) AS deliveries"""
_ASKED = """($2::uuid IS NULL OR m.id < $2) AND (NOT $3::bool OR m.read_at IS NULL)
        ORDER BY m.id DESC LIMIT $4"""
# Each account's apart, and the person's, in the order of an index.
INBOX = f"""
SELECT {_SHOWN}, m.read_at
FROM message m
WHERE m.id IN (
    (SELECT m.id FROM message m WHERE m.resident_id = $1 AND {_ASKED})
    UNION ALL
    SELECT told.id FROM {_OTHERS}, LATERAL (
        SELECT m.id FROM message m WHERE {_OF_PERSON} AND {_ASKED}) AS told
    UNION ALL
    (SELECT m.id FROM {_EARLIER} WHERE {_ASKED})
)
ORDER BY m.id DESC LIMIT $4
"""
UNREAD = f"""
SELECT (SELECT count(*) FROM message WHERE resident_id = $1 AND read_at IS NULL)
     + (SELECT count(*) FROM {_OTHERS}, message m WHERE m.read_at IS NULL AND {_OF_PERSON})
     + (SELECT count(*) FROM {_EARLIER} WHERE m.read_at IS NULL)
    AS unread
"""

# The posts of who asks, as three lists. A message told while a post is held is theirs, unless it
# tells of what they did themselves.
_POSTS = "unnest($2::varchar[], $3::varchar[], $4::timestamptz[]) AS post(unit, role, since)"
_OF_POST = (
    "m.unit_id = post.unit AND m.role = post.role AND m.created_at >= post.since"
    " AND m.by_staff_id IS DISTINCT FROM $1"
)
_NOT_READ = "NOT EXISTS (SELECT FROM message_read r WHERE r.message_id = m.id AND r.staff_id = $1)"
_LISTED = f"""m.id < coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    AND (NOT $6::bool OR {_NOT_READ}) ORDER BY m.id DESC LIMIT $7"""
# Each post's apart, and those to the person alone: each part in the order of an index.
STAFF_INBOX = f"""
WITH found AS (
    SELECT told.id FROM {_POSTS}, LATERAL (
        SELECT m.id FROM message m WHERE {_OF_POST} AND {_LISTED}) AS told
    UNION ALL (SELECT m.id FROM message m WHERE m.staff_id = $1 AND {_LISTED})
)
SELECT {_SHOWN}, (SELECT r.created_at FROM message_read r
    WHERE r.message_id = m.id AND r.staff_id = $1) AS read_at
FROM message m WHERE m.id IN (SELECT id FROM found) ORDER BY m.id DESC LIMIT $7
"""
STAFF_UNREAD = f"""
SELECT (SELECT count(*) FROM {_POSTS}, message m WHERE {_OF_POST} AND {_NOT_READ})
     + (SELECT count(*) FROM message m WHERE m.staff_id = $1 AND {_NOT_READ}) AS unread
"""
# Locks the message: what is being forgotten is waited for, and then there is none.
STAFF_READ = f"""
WITH theirs AS (
    SELECT m.id FROM message m WHERE m.id = $5
        AND (m.staff_id = $1 OR EXISTS (SELECT FROM {_POSTS} WHERE {_OF_POST}))
    FOR KEY SHARE
), marked AS (
    INSERT INTO message_read (id, created_at, message_id, staff_id)
    SELECT uuidv7(), $6, id, $1 FROM theirs ON CONFLICT (staff_id, message_id) DO NOTHING
)
SELECT id FROM theirs
"""

STAFF_KEPT = "30 days"
"""How long a message to others than residents is kept; what waits longer is among the tasks."""
# Their copies go first, which refer to them.
FORGET_COPIES = f"""
DELETE FROM delivery d USING message m WHERE m.id = d.message_id AND d.staff_id IS NOT NULL
    AND m.created_at < $1::timestamptz - interval '{STAFF_KEPT}' RETURNING d.id
"""
# With who has read it.
FORGET_STAFFS = f"""
DELETE FROM message
WHERE resident_id IS NULL AND person_id IS NULL
    AND created_at < $1::timestamptz - interval '{STAFF_KEPT}' RETURNING id
"""

MUTED_BY_RESIDENT = "SELECT kind, channel FROM muted_kind WHERE resident_id = $1"
MUTED_BY_STAFF = "SELECT kind, channel FROM muted_kind WHERE staff_id = $1"


@dataclass(frozen=True, slots=True)
class Choosing:
    """How one of a kind of people chooses anew; each locks them first, so that one choice stands.

    `lock` finds nobody where they are gone.
    """

    lock: str
    unmute: str
    mute: str


_GIVEN = "jsonb_to_recordset($2::text::jsonb) AS given(kind varchar, channel varchar)"


def _choosing(column: str, lock: str) -> Choosing:
    return Choosing(
        lock=f"{lock} FOR NO KEY UPDATE",
        unmute=f"""
DELETE FROM muted_kind k WHERE {column} = $1
    AND (kind, channel) NOT IN (SELECT kind, channel FROM {_GIVEN}) RETURNING id
""",
        mute=f"""
INSERT INTO muted_kind (id, created_at, {column}, kind, channel)
SELECT uuidv7(), $3, $1, kind, channel FROM {_GIVEN}
ON CONFLICT DO NOTHING RETURNING id
""",
    )


RESIDENTS = _choosing("resident_id", "SELECT id FROM resident WHERE id = $1 AND erased_at IS NULL")
STAFFS = _choosing("staff_id", "SELECT id FROM staff WHERE id = $1 AND active")
# After that, with the account locked. Locks the copies, unless a worker has them.
DROP_MUTED = f"""
UPDATE delivery d SET status = 'dropped', reason = 'muted'
WHERE d.id = ANY(ARRAY(
    SELECT w.id FROM delivery w JOIN message m ON m.id = w.message_id AND m.importance <> 'act'
    JOIN muted_kind k ON k.resident_id = $1 AND k.kind = m.kind AND k.channel = w.channel
    WHERE w.resident_id = $1 AND {WAITS} FOR UPDATE OF w SKIP LOCKED)) RETURNING id
"""

# Locks the account: of rivals each counts what those before named, and an account that is being
# closed waits, or is gone. Whose account it is comes with it.
LOCK_ACCOUNT = """
SELECT phone_hash, person_id FROM resident WHERE id = $1 AND erased_at IS NULL
FOR NO KEY UPDATE
"""
PERSON_OF = "SELECT person_id FROM resident WHERE id = $1"
_FAMILY = """
SELECT f.*, p.id AS principal_person, p.name_sealed AS principal_name,
       o.id AS relative_person, o.name_sealed AS relative_name
FROM family_copy f
JOIN resident a ON a.id = f.principal_id LEFT JOIN person p ON p.id = a.person_id
LEFT JOIN resident r ON r.id = f.relative_id LEFT JOIN person o ON o.id = r.person_id
"""
FAMILY_ONE = f"{_FAMILY} WHERE f.id = $1"
FAMILY_NAMED = f"{_FAMILY} WHERE f.principal_id = $1 ORDER BY f.id DESC LIMIT $2"
FAMILY_FOLLOWED = f"{_FAMILY} WHERE f.relative_id = $1 ORDER BY f.id DESC LIMIT $2"
FAMILY_FOLLOWING = """
SELECT count(*)::int AS found FROM family_copy WHERE relative_id = $1 AND ended_at IS NULL
"""
# With the principal's account locked: whoever is named anew has the new code only.
FAMILY_REPLACE = """
DELETE FROM family_copy
WHERE principal_id = $1 AND relative_id IS NULL AND ended_at IS NULL
    AND (phone_hash = $2 OR code_until <= $3) RETURNING id
"""
FAMILY_COUNT = """
SELECT count(*)::int AS found FROM family_copy WHERE principal_id = $1 AND ended_at IS NULL
"""
FAMILY_NAME = """
INSERT INTO family_copy (id, created_at, principal_id, phone_hash, code_hash, code_until)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""
# Locks all that wait for a code of this phone: of rivals each tries after the one before.
FAMILY_WAITING = """
SELECT id, code_hash, principal_id FROM family_copy
WHERE phone_hash = $1 AND relative_id IS NULL AND ended_at IS NULL
    AND code_until > $2 AND tries < $3
ORDER BY id FOR NO KEY UPDATE
"""
FAMILY_ACCEPTED = """
SELECT id, code_hash, principal_id FROM family_copy
WHERE relative_id = $1 AND phone_hash = $2 AND ended_at IS NULL AND code_until > $3
ORDER BY id FOR SHARE
"""
# Whom they follow already they follow once: the new one then takes the place of the old.
FAMILY_END_SAME = """
UPDATE family_copy SET ended_at = $3, ended_by = 'principal'
WHERE principal_id = $1 AND relative_id = $2 AND ended_at IS NULL RETURNING id
"""
FAMILY_ACCEPT = """
UPDATE family_copy SET relative_id = $2, accepted_at = $3 WHERE id = $1 RETURNING id
"""
FAMILY_TRIED = """
UPDATE family_copy SET tries = tries + 1 WHERE id = ANY($1::uuid[]) RETURNING id
"""
# Locks it: what is just being told is waited for, and nothing is told after.
FAMILY_LOCK = """
SELECT id, principal_id, relative_id, ended_at FROM family_copy
WHERE id = $1 AND $2 IN (principal_id, relative_id) FOR UPDATE
"""
FAMILY_END = "UPDATE family_copy SET ended_at = $2, ended_by = $3 WHERE id = $1 RETURNING id"
# After that. Locks copies that still wait, unless a worker has them; of whose they are nothing
# says, so that all go where nobody else is followed.
FAMILY_DROP = f"""
UPDATE delivery d SET status = 'dropped', reason = 'superseded'
WHERE d.id = ANY(ARRAY(
    SELECT w.id FROM delivery w JOIN message m ON m.id = w.message_id
        AND m.kind = 'family.progress'
    WHERE w.resident_id = $1 AND {WAITS} AND NOT EXISTS (
        SELECT FROM family_copy f WHERE f.relative_id = $1 AND f.ended_at IS NULL)
    FOR UPDATE OF w SKIP LOCKED)) RETURNING id
"""
