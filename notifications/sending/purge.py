"""The periodic job that forgets what has served its time."""

from datetime import datetime

import structlog

from config.database import connection

log = structlog.get_logger(__name__)

# A used refresh token is kept while its session could live: its reuse must end the session.
STALE: dict[str, str] = {
    "idempotency keys": """
        DELETE FROM idempotency_key WHERE created_at < $1::timestamptz - interval '24 hours'""",
    "refresh tokens": """
        DELETE FROM refresh_token t USING session s WHERE s.id = t.session_id
        AND least(s.expires_at, s.revoked_at) < $1::timestamptz - interval '1 day'""",
    "query tries": "DELETE FROM query_try WHERE at < $1::timestamptz - interval '1 hour'",
    # Checks of a day count; a match is what an account's level rests on.
    "identity checks": """
        DELETE FROM identity_check c WHERE created_at < $1::timestamptz - interval '24 hours'
        AND (result IS DISTINCT FROM 'match' OR EXISTS (
            SELECT FROM resident r WHERE r.id = c.resident_id AND r.erased_at IS NOT NULL))""",
    "push events": """
        DELETE FROM push_event WHERE received_at < $1::timestamptz - interval '30 days'""",
}


async def purge(*, now: datetime) -> None:
    """Delete what no longer counts: keys, tokens, tries, checks without a match, old pushes."""
    for name, statement in STALE.items():
        gone = await connection().execute_query_dict(f"{statement} RETURNING 1 AS gone", [now])
        if gone:
            log.info("purged", what=name, count=len(gone))
