"""The SQL of the access log."""

# Locks the head of the chain (by the trigger) until the transaction ends, which is therefore short.
INSERT = (
    "INSERT INTO access_log (actor, actor_id, posts, action, object_kind, object_id, resident_id,"
    " purpose, details, request_id, address_hash)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
)

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
