"""The SQL of Idempotency-Keys. Each locks the key's own row, or waits for who is inserting it.

All by the database's clock: the process that finds a key held need not be the one that holds it.
"""

HELD_SECONDS = 35
"""Longer than any request lives; a key whose holder was killed may be taken over after it."""

IN_FLIGHT = 0
"""The status of a row whose request still runs; its answer then names the holder."""

HOLD = f"""
INSERT INTO idempotency_key AS held (id, body_hash, status, answer, created_at)
VALUES ($1, $2, {IN_FLIGHT}, $3, now())
ON CONFLICT (id) DO UPDATE
SET body_hash = $2, status = {IN_FLIGHT}, answer = $3, created_at = now()
WHERE held.created_at < now() - interval '24 hours' OR held.status = {IN_FLIGHT}
      AND held.body_hash = $2 AND held.created_at < now() - make_interval(secs => {HELD_SECONDS})
RETURNING id
"""

FINISH = f"""
UPDATE idempotency_key SET status = $3, answer = $4, created_at = now()
WHERE id = $1 AND status = {IN_FLIGHT} AND answer = $2 RETURNING id
"""

LET_GO = f"""
DELETE FROM idempotency_key WHERE id = $1 AND status = {IN_FLIGHT} AND answer = $2 RETURNING id
"""

ANSWERED = (
    "SELECT body_hash, status, answer FROM idempotency_key WHERE id = $1"
    " AND created_at > now() - interval '24 hours'"
)

# Locks the key (advisory) until the transaction ends; who finds it locked does not wait.
CLAIM = "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS held"

STORE = (
    "INSERT INTO idempotency_key (id, body_hash, status, answer, created_at)"
    " VALUES ($1, $2, $3, $4, now()) ON CONFLICT (id) DO NOTHING"
)

FORGET = """
DELETE FROM idempotency_key WHERE created_at < $1::timestamptz - interval '24 hours' RETURNING id
"""


def once_row(first: int, gate: str) -> str:
    """A CTE `once_row` that stores `Once.parameters` at $first…$first+3 if `gate` has a row."""
    return (
        "once_row AS (INSERT INTO idempotency_key (id, body_hash, status, answer, created_at)"
        f" SELECT ${first}::varchar, ${first + 1}::bytea, ${first + 2}::int,"
        f" ${first + 3}::bytea, now()"
        f" FROM {gate} WHERE ${first}::varchar IS NOT NULL)"
    )
