"""The periodic job that forgets what has served its time."""

import structlog

from config.database import connection

log = structlog.get_logger(__name__)

# A used refresh token is kept while its session could live: its reuse must end the session.
STALE: dict[str, str] = {
    "idempotency keys": """
        DELETE FROM idempotency_key WHERE created_at < now() - interval '24 hours'""",
    "refresh tokens": """
        DELETE FROM refresh_token t USING session s WHERE s.id = t.session_id
        AND least(s.expires_at, s.revoked_at) < now() - interval '1 day'""",
    "query tries": "DELETE FROM query_try WHERE at < now() - interval '1 hour'",
    "push events": "DELETE FROM push_event WHERE received_at < now() - interval '30 days'",
}


async def purge() -> None:
    """Delete used keys, tokens of ended sessions, tries to read a case, digests of old pushes."""
    for name, statement in STALE.items():
        gone = await connection().execute_query_dict(f"{statement} RETURNING 1 AS gone")
        if gone:
            log.info("purged", what=name, count=len(gone))
