"""The SQL of events that staff hear. Triggers on `task` and `message` write them; none locks."""

_EVENT = (
    "json_build_array(e.seq, e.kind, e.unit_id, e.role, e.staff_id, e.by_staff_id, e.case_id,"
    " e.task_id, e.message_id)"
)
# $1 is the greatest number read so far, $2 the lesser ones that were missing. The bounds of the
# statement's own snapshot tell which of these can still appear.
READ = f"""
SELECT pg_snapshot_xmin(s)::text::bigint AS xmin, pg_snapshot_xmax(s)::text::bigint AS xmax, (
    SELECT json_agg({_EVENT} ORDER BY e.seq) FROM (
        SELECT * FROM staff_event WHERE seq = ANY($2::bigint[])
        UNION ALL (SELECT * FROM staff_event WHERE seq > $1 ORDER BY seq LIMIT $3)
    ) AS e
) AS events
FROM pg_current_snapshot() AS s
"""
# The numbers kept; where none is, as in a new city, the first is the next that is drawn.
ENDS = """
SELECT coalesce((SELECT min(seq) FROM staff_event), drawn + 1) AS first,
       coalesce((SELECT max(seq) FROM staff_event), drawn) AS last
FROM (SELECT coalesce(pg_sequence_last_value('staff_event_seq_seq'), 0) AS drawn) AS numbers
"""
# What somebody missed: of their units, to their posts, and to them alone, as
# `Listeners.dispatch` has it.
MISSED = f"""
SELECT json_agg({_EVENT} ORDER BY e.seq) AS events FROM (
    SELECT * FROM staff_event
    WHERE seq > $1 AND (unit_id = ANY($2::varchar[]) OR staff_id = $3)
    ORDER BY seq LIMIT $4
) AS e
"""
FORGET = "DELETE FROM staff_event WHERE seq <= (SELECT max(seq) FROM staff_event) - $1 RETURNING 1"
