"""Cases, their events and papers."""

from collections.abc import Iterator

from backend.cases.rules.flows import MOVES
from backend.cases.rules.lifecycle import (
    ACCEPTED,
    ANSWERED,
    FINAL,
    INSIDE,
    RUNNING,
    Action,
)
from backend.consistency.checks import agent, owner, rows, sql
from models import CaseStatus
from notifications.telling.wordings import FOR_SOMEBODY

_FOR_SOMEBODY = rows(*sorted((act,) for act in FOR_SOMEBODY))

_INSIDE = ", ".join(f"'{action}'" for action in sorted(INSIDE))
_FINAL = ", ".join(f"'{status}'" for status in sorted(FINAL))
_ACCEPTED = ", ".join(f"'{status}'" for status in sorted(ACCEPTED))
_ANSWERED = ", ".join(f"'{status}'" for status in sorted(ANSWERED))


def _allowed() -> Iterator[tuple[str, str, str, str]]:
    """Every event the lifecycle can write: flow, status before, action, status after."""
    resumed = {CaseStatus.SUBMITTED} | RUNNING - {CaseStatus.SUPPLEMENT_REQUESTED}
    for flow, table in MOVES.items():
        yield flow, "", Action.SUBMIT, CaseStatus.SUBMITTED
        for before, moves in table.items():
            for action, move in moves.items():
                for after in move.after or resumed & table.keys():
                    yield flow, before, action, after


_CASE_UNITS = " UNION ALL ".join(
    f'SELECT {column}, id::text FROM "{table}"'
    for table, column in (
        ("case", "holder_id"),
        ("case", "department_unit_id"),
        ("case", "community_id"),
        ("case_event", "unit_id"),
        ("task", "unit_id"),
        ("message", "unit_id"),
        ("case_transfer", "from_unit_id"),
        ("case_transfer", "to_unit_id"),
    )
)

CHECKS = [
    sql(
        "events_contiguous",
        "办件的经过从 1 起连续编号 / The events of a case are numbered from 1 without a gap.",
        "SELECT case_id::text FROM case_event GROUP BY case_id"
        " HAVING min(seq) <> 1 OR max(seq) <> count(*)",
    ),
    sql(
        "events_follow",
        "每条经过都从上一条到达的状态开始"
        " / Each event begins in the status its predecessor led to.",
        "SELECT id::text FROM (SELECT id, before, lag(after) OVER (PARTITION BY case_id"
        " ORDER BY seq) AS previous FROM case_event) e WHERE before IS DISTINCT FROM previous",
    ),
    sql(
        "events_allowed",
        "每条经过都是办理规则允许的一步 / Each event is a move of the lifecycle.",
        'SELECT e.id::text FROM case_event e JOIN "case" c ON c.id = e.case_id'
        " JOIN item_version v ON v.id = c.item_version_id"
        " WHERE (v.flow, coalesce(e.before, ''), e.action, e.after) NOT IN"
        f" (VALUES {rows(*sorted(set(_allowed())))})",
    ),
    sql(
        "status_of_events",
        "办件的状态与最后一条经过一致 / A case stands where its last event left it.",
        'SELECT c.id::text FROM "case" c LEFT JOIN LATERAL (SELECT after, step FROM case_event'
        " WHERE case_id = c.id ORDER BY seq DESC LIMIT 1) e ON true"
        " WHERE (c.status, c.step) IS DISTINCT FROM (e.after, e.step)",
    ),
    sql(
        "version_of_events",
        "办件的版本等于申请人可见的经过的条数"
        " / A case's version counts the events that its applicant sees.",
        'SELECT c.id::text FROM "case" c LEFT JOIN case_event e ON e.case_id = c.id'
        f" AND e.action NOT IN ({_INSIDE}) GROUP BY c.id HAVING c.version <> count(e.id)",
    ),
    sql(
        "forms_contiguous",
        "办件的表单从 1 起连续编号，至少有一份"
        " / The forms of a case are numbered from 1 without a gap, and there is one.",
        'SELECT c.id::text FROM "case" c LEFT JOIN case_form f ON f.case_id = c.id GROUP BY c.id'
        " HAVING count(f.no) = 0 OR min(f.no) <> 1 OR max(f.no) <> count(f.no)",
    ),
    sql(
        "form_of_event",
        "每份表单都随提交或一次补正而来"
        " / Each form came with the submission, or with a supplement of its own.",
        "SELECT f.id::text FROM case_form f WHERE 1 <> (SELECT count(*) FROM case_event e"
        " WHERE e.case_id = f.case_id AND (e.created_at, e.actor, e.actor_id) ="
        " (f.created_at, f.actor, f.actor_id) AND e.action ="
        " CASE f.no WHEN 1 THEN 'submit' ELSE 'supplement' END)"
        " UNION SELECT min(id::text) FROM case_form GROUP BY case_id, created_at"
        " HAVING count(*) > 1",
    ),
    sql(
        "event_by_somebody",
        "每条经过都出自申请人本人、当时受其授权的代办人或工作人员，任务也可由运维命令收回"
        " / Each event is the applicant's own, that of an agent who then had their mandate for it,"
        " or that of a member of staff; tasks are also taken back by command.",
        'SELECT e.id::text FROM case_event e LEFT JOIN "case" c ON c.id = e.case_id'
        f" AND e.actor = 'resident' AND ({owner('e.actor_id')}"
        f" OR {agent('c.subject_id', 'c.item_id')})"
        " LEFT JOIN staff s ON s.id = e.actor_id AND e.actor = 'staff'"
        " WHERE c.id IS NULL AND s.id IS NULL"
        # Tasks of who is disabled by command go back so.
        " AND NOT (e.actor = 'operator' AND e.actor_id IS NULL AND e.action = 'assign')",
    ),
    sql(
        "times_of_events",
        "提交、受理、决定和办结的时间与经过一致"
        " / A case was submitted, accepted, decided and closed when its events say so.",
        'SELECT c.id::text FROM "case" c JOIN (SELECT case_id,'
        " max(created_at) FILTER (WHERE action = 'submit') AS submitted,"
        f" min(created_at) FILTER (WHERE after IN ({_ACCEPTED})) AS accepted,"
        f" max(created_at) FILTER (WHERE after IN ({_ANSWERED}) AND after <> before) AS decided,"
        " max(created_at) FILTER (WHERE action IN ('reopen', 'withdraw')) AS reopened,"
        f" min(created_at) FILTER (WHERE after IN ({_FINAL})) AS closed"
        " FROM case_event GROUP BY case_id) e ON e.case_id = c.id"
        " WHERE (c.submitted_at, c.accepted_at, c.decided_at, c.closed_at)"
        " IS DISTINCT FROM (e.submitted, e.accepted,"
        " CASE WHEN e.reopened > e.decided THEN NULL ELSE e.decided END, e.closed)",
    ),
    sql(
        "outcome_of_decision",
        "办件的结果与所作的决定一致 / A case's outcome is that of its decision.",
        'SELECT c.id::text FROM "case" c LEFT JOIN LATERAL (SELECT after FROM case_event'
        f" WHERE case_id = c.id AND (after IN ({_ANSWERED}) OR action IN ('reopen', 'withdraw'))"
        " ORDER BY seq DESC LIMIT 1) e ON true"
        " WHERE c.outcome IS DISTINCT FROM CASE WHEN e.after IN"
        f" ({_ANSWERED}) THEN e.after END",
    ),
    sql(
        "supplement_while_asked",
        "补正内容和补正后转往的环节只在等待补正时保存"
        " / A case keeps what was asked for, and where it goes on, just while it is asked for.",
        'SELECT id::text FROM "case" WHERE'
        " (supplement_sealed IS NOT NULL) <> (status = 'supplement_requested')"
        " OR (resume_status IS NOT NULL) <> (status = 'supplement_requested')",
    ),
    sql(
        "case_number_once",
        "办件编号不重复 / No two cases share a number.",
        'SELECT min(id::text) FROM "case" GROUP BY number HAVING count(*) > 1',
    ),
    sql(
        "case_open_once",
        "同一人的同一事项和对象只有一件在办 / A person has one open case of an item and a subject.",
        f'SELECT min(id::text) FROM "case" WHERE status NOT IN ({_FINAL})'
        " GROUP BY coalesce(subject_id, resident_id), item_id, object_key HAVING count(*) > 1",
    ),
    sql(
        "case_of_somebody",
        "办件属于账号或自然人 / A case is an account's or a person's.",
        'SELECT id::text FROM "case" WHERE resident_id IS NULL AND subject_id IS NULL',
    ),
    sql(
        "case_of_its_person",
        "办件权利人即提交账号所属的人"
        " / Whose right a case is, is the person of the account that filed it.",
        'SELECT c.id::text FROM "case" c JOIN resident r ON r.id = c.resident_id'
        " WHERE r.erased_at IS NULL AND c.subject_id IS DISTINCT FROM r.person_id"
        " AND c.subject_id IS NOT NULL",
    ),
    sql(
        "case_filed_by_somebody",
        "办件由其账号或工作人员提交 / A case was filed by its account, or by a member of staff.",
        'SELECT c.id::text FROM "case" c LEFT JOIN staff s ON s.id = c.filed_by_id'
        " WHERE filed_by = 'account' AND filed_by_id IS DISTINCT FROM resident_id"
        # By an agent, for a person.
        " AND (resident_id IS NOT NULL OR subject_id IS NULL"
        " OR NOT EXISTS (SELECT FROM resident WHERE id = c.filed_by_id))"
        " OR filed_by = 'staff' AND s.id IS NULL"
        " OR filed_by NOT IN ('account', 'staff', 'device')",
    ),
    sql(
        "case_in_its_version",
        "办件所用的版本属于其事项、曾经公布，并有当前环节"
        " / A case's version is one of its item, was published, and has the step it stands at.",
        'SELECT c.id::text FROM "case" c LEFT JOIN item_version v ON v.id = c.item_version_id'
        " WHERE v.item_id IS DISTINCT FROM c.item_id OR v.status = 'draft'"
        " OR c.step NOT BETWEEN 1 AND jsonb_array_length(v.route)",
    ),
    sql(
        "case_units_exist",
        "办件、经过、任务和消息所指的单位都存在"
        " / Every unit that a case, an event, a task or a message names exists.",
        f"SELECT id FROM ({_CASE_UNITS}) AS named(unit, id) WHERE unit IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM org_unit WHERE code = unit)",
    ),
    sql(
        "case_in_its_place",
        "工作人员据以查看办件的位置以其社区为末级"
        " / A case's place, by which staff are shown it, ends in its community.",
        'SELECT id::text FROM "case" WHERE community_path <> community_id'
        " AND community_path NOT LIKE '%/' || community_id",
    ),
    sql(
        "papers_have_files",
        "办件的每份材料都是申请人或工作人员的文件"
        " / Every paper of a case is a file of its applicant, or of a member of staff.",
        'SELECT m.id::text FROM case_material m JOIN "case" c ON c.id = m.case_id'
        " LEFT JOIN stored_file f ON f.id = m.file_id"
        f" WHERE NOT ({owner('f.resident_id')} OR f.staff_id IS NOT NULL"
        " OR coalesce(f.person_id = c.subject_id, false))",
    ),
    sql(
        "intake_of_window",
        "窗口收件的登记属于工作人员代为办理的经过，同意的照片是申请人的文件或窗口的名单"
        " / What a window kept is of an event that staff made, and the photo of a consent is there"
        " and the applicant's, or a list of the window's.",
        'SELECT i.id::text FROM case_intake i JOIN "case" c ON c.id = i.case_id'
        " LEFT JOIN stored_file f ON f.id = i.consent_file_id"
        " WHERE i.seq = 1 AND (c.filed_by <> 'staff' OR c.received_unit_id IS NULL)"
        " OR NOT EXISTS (SELECT FROM case_event e WHERE e.case_id = i.case_id AND e.seq = i.seq"
        f" AND e.actor = 'staff' AND e.action IN (VALUES {_FOR_SOMEBODY}))"
        " OR i.consent IN ('signature', 'paper') AND f.person_id IS DISTINCT FROM c.subject_id"
        " AND f.unit_id IS DISTINCT FROM c.received_unit_id"
        " OR f.person_id <> c.subject_id",
    ),
    sql(
        "papers_of_version",
        "每份材料都是该事项版本所要求的"
        " / Every paper is one that the case's version of the item asks for.",
        'SELECT m.id::text FROM case_material m JOIN "case" c ON c.id = m.case_id'
        " JOIN item_version v ON v.id = c.item_version_id WHERE NOT EXISTS (SELECT FROM"
        " jsonb_array_elements(v.materials) AS paper WHERE paper->>'code' = m.code)",
    ),
]
"""Checks of cases."""
