"""The chain of migrations: from the first release on it is only added to.

While one runs, people are served, and by the release before. So:

- A table that grows with the city is never scanned or written anew under a lock that others wait
  for. An index is made CONCURRENTLY, by `models.indexes.AddIndexConcurrently` or by
  `DROP INDEX CONCURRENTLY IF EXISTS x` and `CREATE INDEX CONCURRENTLY x …` in RunSQL. A CHECK, NOT
  NULL or foreign key on rows that exist is added NOT VALID, and made valid by VALIDATE CONSTRAINT
  in a later migration; UNIQUE comes of an index that is there (ADD CONSTRAINT … UNIQUE USING
  INDEX). A new column has no default but a constant one. A type is not changed: add a column.
- What runs CONCURRENTLY, VALIDATE CONSTRAINT, and rows changed in bulk, stand in a migration of
  their own with `atomic = False`. Its statements stand for themselves and may all be run again,
  as it is begun anew after a failure; rows are changed some thousands at a time.
- The release before reads and writes on: no table or column of its own is dropped or renamed, and
  a new column may be null or has a default in the database. What it does not use any more is
  dropped by the release after.

A wait for a table's lock is a second at most, tried again after pauses (config/executor.py).
tests/models/test_safe_migrations.py runs each migration on a filled database and looks at the
locks that it takes, what it scans under them and what it leaves.
"""

RELEASES = ("0001_first_release",)
"""The last migration of each release, oldest first."""
