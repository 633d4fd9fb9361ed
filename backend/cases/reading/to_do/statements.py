"""The SQL of the to-do: tasks, their lists and counts, and open transfers.

What locks is what moves a task to a person, which locks the person and then the task.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from backend.cases.clock.limits import Light
from backend.cases.record.listed import LISTED
from backend.cases.record.statements import CASE, OWN_TASK

Whose = Literal["mine", "unit", "deputy"]
"""Of which tasks: those I claimed, all of my units, or those of colleagues whose deputy I am."""
Sort = Literal["received", "due"]
"""By which time tasks are listed: the newest arrival first, or what is due soonest."""
# As the index has it, so that what has no limit is the last to be due.
_DUE = "coalesce(t.due_at, 'infinity'::timestamptz)"
_KEYS: dict[Sort, str] = {"received": "t.created_at", "due": _DUE}
_ORDERS: dict[Sort, str] = {
    "received": "t.created_at DESC, t.id DESC",
    "due": f"{_DUE}, t.id",
}
_BEYOND: dict[Sort, str] = {"received": "<", "due": ">"}


class ToDoAsked(NamedTuple):
    """The placeholders of what a to-do is asked for; None where it is not."""

    units: str
    mine: str
    me: str
    deputy_for: str
    now: str
    yellow_until: str
    limit: str
    item: str | None
    first: str | None
    end: str | None
    after: tuple[str, str] | None


def to_do(asked: ToDoAsked, *, whose: Whose, sort: Sort, light: Light | None) -> str:
    """The first open tasks of units, and of all that is open the counts, in one row of one moment.

    All that is asked of a task stands in the indexes `task_by_arrival` and `task_by_due`: each
    unit's first are found by walking one of them, and nothing else is read but the cases of the
    page and who applies. Without a filter they are counted in `task_counted`. The counts are of
    the filters but for the light, those of the lights of whose tasks are listed; of all of the
    units `unit` is their sum.
    """
    lights = {
        Light.RED: f"{_DUE} < {asked.now}",
        Light.YELLOW: f"{_DUE} >= {asked.now} AND {_DUE} <= {asked.yellow_until}",
        Light.GREEN: f"{_DUE} > {asked.yellow_until} AND {_DUE} < 'infinity'",
        Light.GREY: f"{_DUE} = 'infinity'",
    }
    mine, deputy = f"t.assignee_id = {asked.me}", f"t.assignee_id = ANY({asked.deputy_for})"
    theirs = {"mine": [mine], "unit": [], "deputy": [deputy]}[whose]
    filters, order = _filters(asked, sort), _ORDERS[sort]
    page = [*filters, *theirs, *([lights[light]] if light else [])]
    if asked.after:
        at, task = asked.after
        page.append(f"({_KEYS[sort]}, t.id) {_BEYOND[sort]} ({at}::text::timestamptz, {task})")
    # Each is a walk of its own over what it counts: of one walk over all with a FILTER for each
    # PostgreSQL would judge every task seven times.
    counted = {str(name): [condition, *theirs] for name, condition in lights.items()}
    counted |= {"mine": [mine], "deputy": [deputy]} | ({"unit": []} if theirs else {})
    counts = ", ".join(
        f"(SELECT count(*) FROM task t WHERE t.unit_id = ANY({asked.units}::varchar[])"
        f" AND t.done_at IS NULL{_and([*filters, *conditions])}) AS {name}"
        for name, conditions in counted.items()
    )
    return f"""
WITH page AS (
    SELECT t.* FROM unnest({asked.units}::varchar[]) AS unit(code) CROSS JOIN LATERAL (
        SELECT t.id, t.case_id, t.step, t.unit_id, t.assignee_id, t.due_at, t.created_at
        FROM task t WHERE t.unit_id = unit.code AND t.done_at IS NULL{_and(page)}
        ORDER BY {order} LIMIT {asked.limit}
    ) AS t ORDER BY {order} LIMIT {asked.limit}
)
SELECT listed.tasks, counts.* FROM (
    SELECT json_agg(json_build_array(t.id, t.step, t.unit_id, t.assignee_id, t.due_at, t.created_at,
            c.community_id, p.id, encode(p.name_sealed, 'hex'), {LISTED}) ORDER BY {order}) AS tasks
    FROM page t JOIN "case" c ON c.id = t.case_id {_APPLICANT}
) AS listed, (SELECT {counts}, (
    SELECT count(*) FROM case_transfer x
    WHERE x.to_unit_id = ANY({asked.mine}::varchar[]) AND x.state = 'open'
) AS incoming) AS counts
"""


def _and(conditions: Iterable[str]) -> str:
    return "".join(f" AND {condition}" for condition in conditions)


def _filters(asked: ToDoAsked, sort: Sort) -> list[str]:
    found = []
    if asked.item:
        # Tasks older than the column have none: their case says it.
        found.append(
            f'(t.item_code = {asked.item} OR t.item_code IS NULL AND EXISTS (SELECT FROM "case" c'
            f" WHERE c.id = t.case_id AND c.item_id = {asked.item}))"
        )
    if asked.first:
        found.append(f"{_KEYS[sort]} >= {asked.first} AND {_KEYS[sort]} < 'infinity'")
    if asked.end:
        found.append(f"{_KEYS[sort]} < {asked.end}")
    return found


# Who applies for a case `c`: a person `p`, if we know one.
_APPLICANT = (
    "LEFT JOIN resident r ON r.id = c.resident_id"
    " LEFT JOIN person p ON p.id = coalesce(c.subject_id, r.person_id)"
)
_TASK_COLUMNS = (
    "t.id AS task_id, t.step AS task_step, t.unit_id, t.assignee_id, t.due_at, t.done_at"
)
TASK = (
    f"SELECT {_TASK_COLUMNS}, t.created_at AS received_at, p.id AS person_id, p.name_sealed, {CASE}"
    f' FROM task t JOIN "case" c ON c.id = t.case_id {_APPLICANT} WHERE t.id = $1'
)
TASK_OF_CASE = f'SELECT {_TASK_COLUMNS} FROM "case" c JOIN task t ON {OWN_TASK} WHERE c.id = $1'
# Locks the person, then the task: a claim and the claimant's being disabled take turns, so that no
# task stays with who left.
CLAIM = (
    "WITH me AS (SELECT id FROM staff WHERE id = $2 AND active FOR SHARE)"
    " UPDATE task SET assignee_id = $2 FROM me WHERE task.id = $1 AND done_at IS NULL"
    " AND unit_id = ANY($3::varchar[]) AND (assignee_id IS NULL OR assignee_id = $2)"
    " RETURNING task.id"
)
RELEASE = (
    "UPDATE task SET assignee_id = NULL WHERE id = $1 AND done_at IS NULL"
    " AND unit_id = ANY($3::varchar[]) AND (assignee_id IS NULL OR assignee_id = $2) RETURNING id"
)

_OPEN_TRANSFERS = f"""
SELECT json_agg(json_build_array(x.id, x.from_unit_id, x.to_unit_id, x.created_at, t.due_at,
                                 {LISTED}) ORDER BY x.id DESC) AS page
FROM (
    SELECT * FROM case_transfer
    WHERE state = 'open' AND {{}} = ANY($1::varchar[]) AND ($2::uuid IS NULL OR id < $2)
    ORDER BY id DESC LIMIT $3
) AS x JOIN "case" c ON c.id = x.case_id LEFT JOIN task t ON {OWN_TASK}
"""
OPEN_TRANSFERS = {
    "incoming": _OPEN_TRANSFERS.format("to_unit_id"),
    "outgoing": _OPEN_TRANSFERS.format("from_unit_id"),
}
LAST_TRANSFER = """
SELECT from_unit_id, to_unit_id, state, created_at, ended_at FROM case_transfer
WHERE case_id = $1 ORDER BY id DESC LIMIT 1
"""
# $2 are the paths that who asks supervises, each with all that is below it.
TRANSFER_FIGURES = """
SELECT x.from_unit_id, x.to_unit_id, count(*) AS sent,
    count(*) FILTER (WHERE x.state = 'open') AS waiting,
    count(*) FILTER (WHERE x.state = 'accepted') AS accepted,
    count(*) FILTER (WHERE x.state = 'refused') AS refused,
    count(*) FILTER (WHERE x.state = 'recalled') AS recalled,
    count(*) FILTER (WHERE x.state = 'lapsed') AS lapsed
FROM case_transfer x
JOIN org_unit f ON f.code = x.from_unit_id JOIN org_unit t ON t.code = x.to_unit_id
WHERE x.created_at >= $1
    AND (f.path || '/' LIKE ANY($2::varchar[]) OR t.path || '/' LIKE ANY($2::varchar[]))
GROUP BY 1, 2 ORDER BY refused DESC, sent DESC, 1, 2
"""
