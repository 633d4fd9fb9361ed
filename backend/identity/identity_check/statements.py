"""The SQL of asking the identity service: what was asked counts, what it answered is kept."""

# In any 24 hours, answers and questions under way.
OF_NUMBER = 5
OF_ACCOUNT = 10
DAY_SECONDS = 86_400

# So long an account hears the same refusal of the same name and number without a new question.
KNOWN_SECONDS = 3600
# Longer than a question is under way and its match is being kept.
IN_FLIGHT_SECONDS = 10

# Locks the keys, which come sorted: two requests never wait for each other crosswise.
LOCK_BUDGETS = (
    "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest($1::text[]) AS key"
)

# Who finds a match had read the account before it was kept, and sees it there on coming again.
KNOWN = f"""
SELECT coalesce(result, 'match') <> 'match' AS refused FROM identity_check
WHERE resident_id = $1 AND claim_hash = $2 AND result IS DISTINCT FROM 'quota_subject'
  AND created_at > $3::timestamptz - CASE coalesce(result, 'match')
      WHEN 'match' THEN interval '{IN_FLIGHT_SECONDS} seconds'
      ELSE interval '{KNOWN_SECONDS} seconds' END
ORDER BY refused DESC LIMIT 1
"""

# Which budget is used up, and for how long. A number's is also used up by others: when it was
# asked about is nobody's business, so the wait is the same at any moment, and matches, which its
# holder has, use up nothing of it. An account is told when its oldest check makes room again.
USED_UP = f"""
(SELECT {DAY_SECONDS}::float8 AS wait, {OF_NUMBER} AS most FROM identity_check
 WHERE number_hash = $2 AND result IS DISTINCT FROM 'match'
   AND created_at > $3::timestamptz - interval '{DAY_SECONDS} seconds'
 OFFSET {OF_NUMBER - 1} LIMIT 1)
UNION ALL
(SELECT extract(epoch FROM created_at - $3::timestamptz)::float8 + {DAY_SECONDS}, {OF_ACCOUNT}
 FROM identity_check WHERE resident_id = $1
   AND created_at > $3::timestamptz - interval '{DAY_SECONDS} seconds'
 ORDER BY created_at DESC OFFSET {OF_ACCOUNT - 1} LIMIT 1)
ORDER BY wait DESC LIMIT 1
"""

BEGIN = """
INSERT INTO identity_check (id, created_at, resident_id, number_hash, claim_hash)
VALUES ($1, $5, $2, $3, $4) RETURNING id
"""

UNDO = "DELETE FROM identity_check WHERE id = $1 RETURNING id"

KEEP = """
UPDATE identity_check
SET result = $2, provider = $3, provider_ref = $4
WHERE id = $1 RETURNING id
"""

# Checks of a day count; a match is what an account's level rests on.
FORGET = """
DELETE FROM identity_check c WHERE created_at < $1::timestamptz - interval '24 hours'
  AND (result IS DISTINCT FROM 'match' OR EXISTS (
    SELECT FROM resident r WHERE r.id = c.resident_id AND r.erased_at IS NOT NULL)) RETURNING id
"""
