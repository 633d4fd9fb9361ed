"""The SQL of the access log."""

# Appends rows given as JSON, in their order. Locks the head of the chain (by the trigger) until the
# transaction ends, which is therefore short.
INSERT = """
INSERT INTO access_log (actor, actor_id, posts, action, object_kind, object_id, resident_id,
                        purpose, details, request_id, address_hash)
SELECT * FROM json_to_recordset($1::json) AS given(
    actor varchar, actor_id uuid, posts jsonb, action varchar, object_kind varchar,
    object_id varchar, resident_id uuid, purpose varchar, details jsonb, request_id varchar,
    address_hash varchar)
"""

# Each as access_log_chain() of the database puts it into the hash.
LINKED = (
    "seq::text, ((extract(epoch FROM at) * 1000000)::bigint)::text, actor, actor_id::text,"
    " posts::text, action, object_kind, object_id, resident_id::text, purpose, details::text,"
    " request_id, address_hash"
)

ROWS = (
    f"SELECT seq AS number, at AS moment, hash, ARRAY[{LINKED}] AS fields FROM access_log"
    " WHERE seq > $1 ORDER BY seq LIMIT $2"
)

HEAD = "SELECT seq, hash FROM access_log_head"
