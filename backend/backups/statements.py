"""The SQL that backups ask, of servers that run and of one that is restored."""

SLOT = """
SELECT pg_create_physical_replication_slot($1, true)
WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)
"""

NEW_KEYS = "SELECT key FROM stored_file WHERE created_at > now() - $1::interval"

KEYS = "SELECT key FROM stored_file"

REPLAYED = """
SELECT pg_last_xact_replay_timestamp() AS last,
       (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size') AS size
"""

CLUSTER = """
SELECT system_identifier::text AS system, current_setting('server_version') AS postgres
FROM pg_control_system()
"""

KEYS_AND_SIZES = "SELECT key, size FROM stored_file"

# The server it is, and since when: a restored one goes on in a timeline of its own.
LINE = """
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system,
       (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline
"""
