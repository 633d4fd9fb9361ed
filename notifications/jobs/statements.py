"""The SQL of the periodic jobs."""

# Locks the turn of all jobs for as long as the connection lives; who finds it locked does not wait.
TAKE_TURN = "SELECT pg_try_advisory_lock($1)"
GIVE_TURN = "SELECT pg_advisory_unlock($1)"

# Whoever looks at the server's connections sees who runs jobs, and by which periods.
ANNOUNCE = "SELECT set_config('application_name', $1, false)"
DIFFERING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'yikou jobs %'
  AND application_name <> $1
"""
DUE = """
SELECT name FROM unnest($1::text[], $2::int[]) AS wanted(name, every) LEFT JOIN job USING (name)
WHERE job.ended_at IS NULL OR job.ended_at <= now() - interval '1 second'
      * CASE WHEN job.error IS NULL THEN every ELSE least(every, $3) END
"""
ENDED = """
INSERT INTO job (name, ended_at, error) VALUES ($1, now(), $2)
ON CONFLICT (name) DO UPDATE SET ended_at = excluded.ended_at, error = excluded.error
"""
LATE = """
SELECT name FROM unnest($1::text[], $2::int[]) AS wanted(name, every) JOIN job USING (name)
WHERE job.ended_at < now() - interval '1 second' * (every * 3 + $3)
"""
