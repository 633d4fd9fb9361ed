"""The SQL of the acts.

A change locks the case first of all, then what it writes: papers, task, message. A new case's
locks are said at `record.filing.statements.SUBMIT`.
"""

from backend.cases.record.statements import CASE, NO_PART, OWN_TASK, of_person, owned_by

# First of all locks of a change: rivals wait here, and read the case once it is theirs.
LOCK = 'SELECT id FROM "case" WHERE id = $1 FOR UPDATE'
LOCK_OWN = f'SELECT c.id FROM "case" c WHERE c.id = $1 AND {owned_by("$2")} FOR UPDATE OF c'

# Locks the case likewise, for who acts for the person.
LOCK_OF_PERSON = (
    f'SELECT c.id FROM "case" c WHERE c.id = $1 AND {of_person("$2", "$3")} FOR UPDATE OF c'
)
# Whether the case was sent to one of these units before; after its lock.
WAS_SENT = (
    "SELECT 1 AS found FROM case_transfer WHERE case_id = $1 AND to_unit_id = ANY($2::varchar[])"
    " LIMIT 1"
)
# Whether somebody of the unit could do what the case's task asks for, and has not got one already.
CAN_TAKE = f"""
SELECT EXISTS (
    SELECT FROM post p JOIN staff s ON s.id = p.staff_id AND s.active
    WHERE p.unit_id = $1 AND p.role = t.role AND coalesce(p.valid_to >= $3::date, true)
        AND NOT {NO_PART}
) AS staffed, EXISTS (
    SELECT FROM task o WHERE o.case_id = t.case_id AND o.step = t.step AND o.unit_id = $1
        AND o.done_at IS NULL
) AS busy
FROM "case" c JOIN task t ON {OWN_TASK} WHERE c.id = $2
"""

# Which unit had a step last; $3 are the actions that bring a case to a unit. A step that a dispatch
# left out has no event.
HAD_STEP = """
SELECT unit_id FROM case_event WHERE case_id = $1 AND step = $2 AND action = ANY($3::varchar[])
ORDER BY seq DESC LIMIT 1
"""

# Locks of many tasks first all cases, then the tasks, each in the order of their ids: what assigns
# others waits here and never crosswise, what changes a case or claims a task waits for this.
LOCK_CASES_OF_TASKS = """
SELECT c.id FROM "case" c WHERE c.id IN (SELECT t.case_id FROM task t WHERE t.id = ANY($1::uuid[]))
ORDER BY c.id FOR UPDATE
"""
LOCK_TASKS = f"""
SELECT t.id AS task_id, t.step AS task_step, t.unit_id, t.assignee_id, t.done_at, {CASE},
       (SELECT max(e.seq) FROM case_event e WHERE e.case_id = c.id) AS seq
FROM task t JOIN "case" c ON c.id = t.case_id WHERE t.id = ANY($1::uuid[])
ORDER BY t.id FOR UPDATE OF t
"""
ASSIGN = "UPDATE task SET assignee_id = $2 WHERE id = ANY($1::uuid[])"
IN_HAND = (
    "SELECT id FROM task WHERE assignee_id = $1 AND done_at IS NULL"
    " AND ($2::varchar IS NULL OR unit_id = $2)"
)
# Of a case that is locked: what somebody has in hand of it is nobody's.
TAKE_BACK = (
    "UPDATE task SET assignee_id = NULL WHERE case_id = $1 AND assignee_id = $2 AND done_at IS NULL"
    " RETURNING id"
)
ASSIGN_EVENTS = """
INSERT INTO case_event (id, created_at, case_id, seq, action, actor, actor_id, before, after, step,
                        unit_id, internal_sealed)
SELECT e.id, $1, e.case_id, e.seq, 'assign', CASE WHEN $2::uuid IS NULL THEN 'operator'
       ELSE 'staff' END, $2, e.status, e.status, e.step, e.unit_id, e.internal_sealed
FROM unnest($3::uuid[], $4::uuid[], $5::int[], $6::varchar[], $7::int[], $8::varchar[], $9::bytea[])
    AS e(id, case_id, seq, status, step, unit_id, internal_sealed)
"""

# Locks the places that one unit gives of one item, until the transaction ends.
LOCK_PLACES = "SELECT pg_advisory_xact_lock(hashtextextended('places:' || $1 || ':' || $2, 0))"
PLACES_TAKEN = """
SELECT count(*)::int AS taken FROM "case" WHERE item_id = $1 AND holder_id = $2 AND status = $3
"""

# The case in the way; no row where it has ended meanwhile.
IN_THE_WAY = """
SELECT 1 AS found FROM "case"
WHERE coalesce(subject_id, resident_id) = $1 AND item_id = $2 AND object_key = $3
    AND status = ANY($4::varchar[])
"""

# Locks the account's earlier cases, and the person's entries in case_one_open: a rival's case is
# waited for. The account's own are of different things, as case_one_open held them apart.
ADOPT = """
UPDATE "case" c SET subject_id = $2 WHERE resident_id = $1 AND subject_id IS NULL
    AND NOT (status = ANY($3::varchar[]) AND EXISTS (
        SELECT FROM "case" other WHERE coalesce(other.subject_id, other.resident_id) = $2
            AND other.item_id = c.item_id AND other.object_key = c.object_key
            AND other.status = ANY($3::varchar[])))
"""


# Tells of the open tasks due until $1, $2 being today, that were not told of for this due date; $3
# at a time. Locks the tasks, and their cases against being deleted, and waits for none: what
# somebody works on at the moment is told of the next time.
_REMIND = """
WITH due AS (
    SELECT t.id FROM task t JOIN "case" c ON c.id = t.case_id
    WHERE t.done_at IS NULL AND t.due_at {condition} AND t.overdue_for IS DISTINCT FROM t.due_at
    ORDER BY t.due_at LIMIT $3 FOR NO KEY UPDATE OF t SKIP LOCKED FOR KEY SHARE OF c SKIP LOCKED
), told AS (
    UPDATE task t SET {told} FROM due WHERE t.id = due.id
    RETURNING t.id, t.case_id, t.unit_id, t.role, t.assignee_id
)
SELECT told.*, c.number, c.item_version_id, {overdue} AS overdue, a.id IS NOT NULL AS away,
       a.deputy_id, above.unit_id AS supervising_unit
FROM told JOIN "case" c ON c.id = told.case_id
LEFT JOIN absence a ON a.staff_id = told.assignee_id AND a.ended_at IS NULL
    AND a.starts_on <= $2 AND a.ends_on >= $2
LEFT JOIN LATERAL (
    SELECT p.unit_id FROM org_unit u
    CROSS JOIN unnest(string_to_array(u.path, '/')) WITH ORDINALITY AS higher(code, depth)
    JOIN post p ON p.unit_id = higher.code AND p.role = 'supervisor'
        AND coalesce(p.valid_to >= $2, true)
    JOIN staff s ON s.id = p.staff_id AND s.active
    WHERE {overdue} AND u.code = told.unit_id ORDER BY higher.depth DESC LIMIT 1
) AS above ON true
ORDER BY told.id
"""
NEARLY_DUE = _REMIND.format(
    condition="<= $1 AND t.warned_for IS DISTINCT FROM t.due_at",
    told="warned_for = due_at",
    overdue="false",
)
OVERDUE = _REMIND.format(
    condition="< $1", told="warned_for = due_at, overdue_for = due_at", overdue="true"
)
# Locks the cases it tells of, and passes over those that are being changed.
WARN = """
WITH due AS (
    SELECT id FROM "case" WHERE warn_at <= $1 AND status = 'supplement_requested'
    ORDER BY warn_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE "case" c SET warn_at = NULL FROM due WHERE c.id = due.id RETURNING c.id
"""


FILTERS = "SELECT id, name_sealed, query FROM task_filter WHERE staff_id = $1 ORDER BY id"
FILTER = "SELECT id, name_sealed, query FROM task_filter WHERE staff_id = $1 AND id = $2"
FILTERS_KEPT = "SELECT count(*)::int AS kept FROM task_filter WHERE staff_id = $1"
SAVE_FILTER = """
INSERT INTO task_filter (id, created_at, staff_id, name_sealed, name_hash, query)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (staff_id, name_hash) DO NOTHING RETURNING id
"""
FORGET_FILTERS = "DELETE FROM task_filter WHERE staff_id = $1"
DELETE_FILTER = "DELETE FROM task_filter WHERE staff_id = $1 AND id = $2 RETURNING id"
