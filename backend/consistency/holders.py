"""Who has a case in hand: its holder, its tasks, transfers and recusals."""

from backend.cases.record.statements import OWN_TASK
from backend.cases.rules.lifecycle import COMES, CUSTODY, FINAL
from backend.consistency.checks import sql

_FINAL = ", ".join(f"'{status}'" for status in sorted(FINAL))
_CUSTODY = ", ".join(f"'{action}'" for action in sorted(CUSTODY))
_BROUGHT = ", ".join(f"'{action}'" for action in sorted(COMES))

CHECKS = [
    sql(
        "one_open_task",
        "未办结的办件在当前办理单位的当前环节恰有一个待办任务，办结后没有待办任务"
        " / A case has exactly one open task at its step with its holder until it is final, and"
        " no open task then.",
        f'SELECT c.id::text FROM "case" c WHERE CASE WHEN c.status IN ({_FINAL})'
        " THEN EXISTS (SELECT FROM task t WHERE t.case_id = c.id AND t.done_at IS NULL)"
        f" ELSE 1 <> (SELECT count(*) FROM task t WHERE {OWN_TASK}) END",
    ),
    sql(
        "holder_of_events",
        "办件由最后一次转到的单位持有 / A case is held by the unit that it was last brought to.",
        'SELECT c.id::text FROM "case" c LEFT JOIN LATERAL (SELECT unit_id FROM case_event'
        f" WHERE case_id = c.id AND action IN ({_BROUGHT}) ORDER BY seq DESC LIMIT 1) e ON true"
        " WHERE c.holder_id IS DISTINCT FROM e.unit_id",
    ),
    sql(
        "transfer_of_holder",
        "等待接收的移交一件办件至多一次，由持有办件的单位发出，办件未办结"
        " / A case has one open transfer at most, from its holder, and is not over.",
        'SELECT x.id::text FROM case_transfer x JOIN "case" c ON c.id = x.case_id'
        f" WHERE x.state = 'open' AND (x.from_unit_id <> c.holder_id OR c.status IN ({_FINAL}))"
        " UNION SELECT min(id::text) FROM case_transfer WHERE state = 'open'"
        " GROUP BY case_id HAVING count(*) > 1",
    ),
    sql(
        "transfer_of_events",
        "每次移交及其接收、拒收和取消都有一条经过"
        " / Each transfer, and how it was answered or recalled, is an event of its case.",
        "SELECT coalesce(x.case_id, e.case_id)::text FROM (SELECT case_id, count(*) AS sent,"
        " count(*) FILTER (WHERE state = 'accepted') AS accepted,"
        " count(*) FILTER (WHERE state = 'refused') AS refused,"
        " count(*) FILTER (WHERE state = 'recalled') AS recalled"
        " FROM case_transfer GROUP BY 1) x FULL JOIN (SELECT case_id,"
        " count(*) FILTER (WHERE action = 'transfer') AS sent,"
        " count(*) FILTER (WHERE action = 'handover') AS accepted,"
        " count(*) FILTER (WHERE action = 'refuse_handover') AS refused,"
        " count(*) FILTER (WHERE action = 'recall') AS recalled FROM case_event"
        f" WHERE action IN ({_CUSTODY}) GROUP BY 1) e ON e.case_id = x.case_id"
        " WHERE (x.sent, x.accepted, x.refused, x.recalled)"
        " IS DISTINCT FROM (e.sent, e.accepted, e.refused, e.recalled)",
    ),
    sql(
        "recusal_kept",
        "回避的人手中没有该办件的任务，每次回避及其结束都有一条经过"
        " / Who is recused has no task of the case in hand; each recusal and its end is an event.",
        "SELECT t.id::text FROM task t JOIN recusal r ON r.case_id = t.case_id"
        " AND r.staff_id = t.assignee_id AND r.ended_at IS NULL WHERE t.done_at IS NULL"
        " UNION ALL"
        " SELECT coalesce(r.case_id, e.case_id)::text FROM"
        " (SELECT case_id, count(*) AS n, count(ended_at) AS ended FROM recusal GROUP BY 1) r"
        " FULL JOIN (SELECT case_id, count(*) FILTER (WHERE action = 'recuse') AS n,"
        " count(*) FILTER (WHERE action = 'end_recusal') AS ended FROM case_event"
        " WHERE action IN ('recuse', 'end_recusal') GROUP BY 1) e"
        " ON e.case_id = r.case_id WHERE (r.n, r.ended) IS DISTINCT FROM (e.n, e.ended)",
    ),
    sql(
        "task_of_route",
        "并行的待办任务都在办件所用版本的环节中"
        " / An open task beside the case's own is of a step that the case's version has.",
        'SELECT t.id::text FROM task t JOIN "case" c ON c.id = t.case_id'
        " JOIN item_version v ON v.id = c.item_version_id WHERE t.done_at IS NULL"
        " AND t.step <> c.step AND t.step NOT BETWEEN 1 AND jsonb_array_length(v.route)",
    ),
    sql(
        "task_of_active_staff",
        "领取待办任务的都是启用中的工作人员"
        " / Whoever has an open task in hand is an active member of staff.",
        "SELECT t.id::text FROM task t LEFT JOIN staff s ON s.id = t.assignee_id"
        " WHERE t.done_at IS NULL AND t.assignee_id IS NOT NULL AND s.active IS NOT TRUE",
    ),
]
"""Checks of who has a case."""
