"""The SQL of asking the identity service: what was asked counts, what it answered is kept."""

from typing import NamedTuple

# In any 24 hours, answers and questions under way: of one account about one number, of whoever asks
# about it, of one account about all, of one member of staff.
OF_PAIR = 5
OF_NUMBER = 20
OF_ACCOUNT = 10
OF_STAFF = 300
DAY_SECONDS = 86_400

# So long an asker hears the same refusal of the same name and number without a new question.
KNOWN_SECONDS = 3600
# Longer than a question is under way and its match is being kept.
IN_FLIGHT_SECONDS = 10

# Locks the keys, which come sorted: two requests never wait for each other crosswise.
LOCK_BUDGETS = (
    "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) AS key"
)


class Asked(NamedTuple):
    """The statements of one kind of asker."""

    known: str
    used_up: str
    begin: str


_ABOUT_NUMBER = "number_hash = $2 AND result IS DISTINCT FROM 'match'"
# Which budget is used up, and for how long. A number's is also used up by others: when it was
# asked about is nobody's business, so the wait is the same at any moment, and matches, which its
# holder has, use up nothing of it, nor of what one account has for it. An asker is told when their
# oldest check makes room again.
_NUMBER_USED_UP = f"""
(SELECT {DAY_SECONDS}::float8 AS wait, {OF_NUMBER} AS most FROM identity_check
 WHERE {_ABOUT_NUMBER}
   AND created_at > $3::timestamptz - interval '{DAY_SECONDS} seconds'
 OFFSET {OF_NUMBER - 1} LIMIT 1)
"""


def _used_up(asker: str, most: int, *, about: str = "$2::text IS NOT NULL") -> str:
    return f"""
(SELECT extract(epoch FROM created_at - $3::timestamptz)::float8 + {DAY_SECONDS} AS wait,
        {most} AS most
 FROM identity_check WHERE {asker} = $1 AND {about}
   AND created_at > $3::timestamptz - interval '{DAY_SECONDS} seconds'
 ORDER BY created_at DESC OFFSET {most - 1} LIMIT 1)
"""


def _begin(asker: str) -> str:
    return f"""
INSERT INTO identity_check (id, created_at, {asker}, number_hash, claim_hash)
VALUES ($1, $5, $2, $3, $4) RETURNING id
"""


OF = {
    "resident": Asked(
        # Who finds a match had read the account before it was kept, and sees it there on coming
        # again.
        known=f"""
SELECT coalesce(result, 'match') <> 'match' AS refused FROM identity_check
WHERE resident_id = $1 AND claim_hash = $2 AND result IS DISTINCT FROM 'quota_subject'
  AND created_at > $3::timestamptz - CASE coalesce(result, 'match')
      WHEN 'match' THEN interval '{IN_FLIGHT_SECONDS} seconds'
      ELSE interval '{KNOWN_SECONDS} seconds' END
ORDER BY refused DESC LIMIT 1
""",
        used_up=f"""
{_NUMBER_USED_UP} UNION ALL {_used_up("resident_id", OF_PAIR, about=_ABOUT_NUMBER)}
UNION ALL {_used_up("resident_id", OF_ACCOUNT)} ORDER BY wait DESC LIMIT 1
""",
        begin=_begin("resident_id"),
    ),
    "staff": Asked(
        known=f"""
SELECT true AS refused FROM identity_check
WHERE staff_id = $1 AND claim_hash = $2
  AND result NOT IN ('match', 'quota_subject')
  AND created_at > $3::timestamptz - interval '{KNOWN_SECONDS} seconds' LIMIT 1
""",
        used_up=_used_up("staff_id", OF_STAFF),
        begin=_begin("staff_id"),
    ),
}
"""By who asks: each has a budget, and what was refused lately is not asked again."""

# As after a dry run: the match is the same when the person is taken in.
MATCHED = f"""
SELECT id, provider, provider_ref FROM identity_check
WHERE staff_id = $1 AND claim_hash = $2 AND result = 'match'
  AND created_at > $3::timestamptz - interval '{DAY_SECONDS} seconds'
ORDER BY created_at DESC LIMIT 1
"""

UNDO = "DELETE FROM identity_check WHERE id = $1 RETURNING id"

KEEP = """
UPDATE identity_check
SET result = $2, provider = $3, provider_ref = $4
WHERE id = $1 RETURNING id
"""

# Checks of a day count; a match is what an account's level, or a window's person, rests on.
FORGET = """
DELETE FROM identity_check c WHERE created_at < $1::timestamptz - interval '24 hours'
  AND (result IS DISTINCT FROM 'match' OR EXISTS (
    SELECT FROM resident r WHERE r.id = c.resident_id AND r.erased_at IS NOT NULL)
  OR c.staff_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM person p WHERE p.id_number_hash = c.number_hash)) RETURNING id
"""
