"""The SQL of the acts.

A change locks the case first of all, then what it writes: papers, task, message. A new case's
locks are said at `record.statements.SUBMIT`.
"""

# First of all locks of a change: rivals wait here, and read the case once it is theirs.
LOCK = 'SELECT id FROM "case" WHERE id = $1 FOR UPDATE'
LOCK_OWN = 'SELECT id FROM "case" WHERE id = $1 AND resident_id = $2 FOR UPDATE'
ASSIGNEE = "SELECT assignee_id FROM task WHERE case_id = $1 AND done_at IS NULL"

# Whether the case in the way is the account's own; no row where it has ended meanwhile.
IN_THE_WAY = """
SELECT resident_id = $1 AS own FROM "case"
WHERE person_key = $2 AND item_id = $3 AND subject_key = $4 AND status = ANY($5::varchar[])
"""
