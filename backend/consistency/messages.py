"""Messages, their deliveries, and the credits these spend."""

from backend.cases.rules.told import TOLD
from backend.consistency.checks import Check, owner, rows, sql
from backend.messages.statements import STAFF_KEPT
from notifications.telling.funnel import UNIT_ACTIONS
from notifications.telling.kinds import kinds
from notifications.telling.messages import OUTCOMES
from notifications.telling.wordings import FOR_SOMEBODY, Instead

_KIND = "CASE WHEN e.action = 'decide' THEN CASE e.after {} END ELSE e.action END"
# What somebody else did is told in other words.
_PLAIN = f"regexp_replace(m.kind, '_({'|'.join(Instead)})$', '')"

_ANSWERED = rows(*sorted((act,) for act in FOR_SOMEBODY if act != "submit"))
_ACTS = rows(
    *sorted(
        (each.name,)
        for residents in (True, False)
        for each in kinds(residents=residents).values()
        if not each.mutable
    )
)
_TO_UNIT = sorted((action,) for action in UNIT_ACTIONS)


def _told() -> Check:
    kinds = _KIND.format(
        " ".join(f"WHEN '{said}' THEN '{kind}'" for said, kind in OUTCOMES.items())
    )
    told = rows(*sorted((action,) for action in frozenset().union(*TOLD.values())))
    return sql(
        "message_of_event",
        "应告知申请人的每条经过都有消息"
        " / The applicant was told of each event of their case that residents are told of.",
        "SELECT e.case_id::text FROM (SELECT e.case_id, "
        f"{kinds} AS kind, count(*) AS happened FROM case_event e GROUP BY 1, 2) e"
        ' JOIN "case" c ON c.id = e.case_id AND c.resident_id IS NOT NULL'
        f" WHERE e.kind IN (VALUES {told}) AND e.happened > (SELECT count(*) FROM message m"
        f" WHERE m.case_id = e.case_id AND {_PLAIN} = 'case.' || e.kind)",
    )


def checks() -> list[Check]:
    """Checks of messages; the words tell what residents are told of."""
    return [
        _told(),
        sql(
            "message_to_unit",
            "办件每次转到一个单位，该单位的岗位都收到了消息"
            " / Each time a case came to a unit its role was told, as far as that is still kept.",
            # What a window answers is of the window, and told to the unit that has the case.
            "SELECT e.case_id::text FROM (SELECT case_id, action, CASE WHEN actor = 'resident'"
            f" OR action NOT IN (VALUES {_ANSWERED}) THEN unit_id END AS unit_id,"
            " count(*) AS happened"
            f" FROM case_event WHERE action IN (VALUES {rows(*_TO_UNIT)})"
            # Older ones are deleted, and what was entered later of long ago may be kept beside.
            f" AND created_at >= (SELECT greatest(min(created_at), max(created_at) - interval"
            f" '{STAFF_KEPT}') FROM message"
            " WHERE resident_id IS NULL AND person_id IS NULL)"
            " GROUP BY 1, 2, 3) e WHERE e.happened > (SELECT count(*) FROM message m"
            " WHERE m.case_id = e.case_id AND m.kind = 'staff.' || e.action"
            " AND m.unit_id = coalesce(e.unit_id, m.unit_id))",
        ),
        sql(
            "message_has_its_recipient",
            "每条消息恰有其收件人，只有居民的消息自带已读时间"
            " / A message names just its recipient, and only a resident's says when it was read.",
            "SELECT id::text FROM message"
            " WHERE recipient NOT IN ('resident', 'person', 'staff', 'unit_role', 'system')"
            " OR (recipient = 'resident') <> (resident_id IS NOT NULL)"
            " OR (recipient = 'person') <> (person_id IS NOT NULL)"
            " OR (recipient = 'staff') <> (staff_id IS NOT NULL)"
            " OR (recipient = 'unit_role') <> (unit_id IS NOT NULL)"
            " OR (recipient = 'unit_role') <> (role IS NOT NULL)"
            " OR (recipient = 'system') <> (system IS NOT NULL)"
            " OR recipient NOT IN ('resident', 'person') AND read_at IS NOT NULL",
        ),
        sql(
            "message_read_by_recipient",
            "消息只由收到它的工作人员标为已读"
            " / Only staff in whose inbox a message was have read it.",
            "SELECT r.id::text FROM message_read r JOIN message m ON m.id = r.message_id"
            " WHERE m.recipient NOT IN ('staff', 'unit_role') OR m.staff_id <> r.staff_id"
            " OR m.unit_id IS NOT NULL AND (m.by_staff_id = r.staff_id OR NOT EXISTS ("
            " SELECT FROM post p WHERE p.staff_id = r.staff_id AND p.unit_id = m.unit_id"
            " AND p.role = m.role))",
        ),
        sql(
            "message_of_appointment",
            "预约的每次变化都已告知居民"
            " / The resident was told of each change of their appointment.",
            "SELECT a.id::text FROM appointment a LEFT JOIN message m ON m.appointment_id = a.id"
            " WHERE a.status IN ('booked', 'cancelled') AND a.resident_id IS NOT NULL GROUP BY a.id"
            " HAVING a.version > count(m.id)",
        ),
        sql(
            "message_to_whom_it_concerns",
            "关于办件或预约的消息在当事人的收件箱中"
            " / A message about a case or an appointment is in the inbox of whoever it belongs to.",
            'SELECT m.id::text FROM message m LEFT JOIN "case" c ON c.id = m.case_id'
            " LEFT JOIN appointment a ON a.id = m.appointment_id"
            " WHERE m.resident_id <> c.resident_id"
            # Another account of the person has it since the one that booked was closed.
            " OR m.resident_id <> a.resident_id AND NOT EXISTS (SELECT FROM resident o"
            " WHERE o.id = m.resident_id AND o.erased_at IS NOT NULL)"
            " OR c.resident_id IS NULL AND m.resident_id IS NOT NULL AND c.id IS NOT NULL"
            f" AND NOT {owner('m.resident_id')}"
            " OR m.person_id <> coalesce(c.subject_id, a.person_id, m.person_id)"
            " OR m.appointment_id IS NOT NULL AND a.id IS NULL",
        ),
        sql(
            "delivery_of_message",
            "给居民的消息在每个渠道各有一次投递或不投递的原因，其他消息没有"
            " / Each message to a resident has one delivery on each channel, or the reason why"
            " not; others have none.",
            "SELECT m.id::text FROM message m LEFT JOIN delivery d ON d.message_id = m.id"
            # Before there were classes, what was for the inbox alone had no delivery.
            " AND d.channel = 'wechat'"
            " WHERE m.importance IS NOT NULL OR m.kind NOT LIKE 'mandate.%' GROUP BY m.id"
            " HAVING count(d.id) <> (m.recipient = 'resident')::int",
        ),
        sql(
            "delivery_after_another",
            "短信之前都有未送达、已转出的投递"
            " / Before a short message there was a delivery that did not arrive and was handed on.",
            "SELECT d.id::text FROM delivery d WHERE d.channel = 'sms' AND NOT EXISTS ("
            "SELECT FROM delivery b WHERE b.message_id = d.message_id AND b.channel <> 'sms'"
            " AND b.handed_on_at <= d.created_at)",
        ),
        sql(
            "delivery_to_recipient",
            "投递的对象是消息的收件人"
            " / A delivery goes to the resident whose message it is, or to one of the staff.",
            "SELECT d.id::text FROM delivery d JOIN message m ON m.id = d.message_id"
            " WHERE d.resident_id IS DISTINCT FROM m.resident_id"
            " OR num_nonnulls(d.resident_id, d.staff_id) <> 1"
            " OR (d.channel = 'wecom') <> (d.staff_id IS NOT NULL)",
        ),
        sql(
            "delivery_was_tried",
            "已发送的都有时间和次数 / What was sent has a time and an attempt.",
            "SELECT id::text FROM delivery WHERE status IN ('sent', 'delivered')"
            " AND (sent_at IS NULL OR attempts = 0)",
        ),
        sql(
            "delivery_dropped_for_a_reason",
            "未投递的都有原因 / What was dropped has its reason.",
            "SELECT id::text FROM delivery WHERE status = 'dropped' AND reason IS NULL",
        ),
        sql(
            "delivery_merged_into_one",
            "合并投递的，都并入同一收件人的另一次投递：居民的为同一办件或预约，且不是需要处理的消息；"
            "工作人员的为同一种消息"
            " / What was merged went with another copy to the same recipient: a resident's about"
            " the same case or appointment, and it asked nobody to act; staff's of the same kind.",
            "SELECT d.id::text FROM delivery d JOIN message m ON m.id = d.message_id"
            " LEFT JOIN delivery i ON i.id = d.merged_into_id AND i.id <> d.id"
            " LEFT JOIN message n ON n.id = i.message_id"
            " WHERE (d.merged_into_id IS NULL) <> (d.reason IS DISTINCT FROM 'merged')"
            " OR d.reason = 'merged' AND (i.resident_id IS DISTINCT FROM d.resident_id"
            " OR i.staff_id IS DISTINCT FROM d.staff_id OR i.channel <> d.channel"
            " OR d.staff_id IS NOT NULL AND m.kind <> n.kind"
            " OR d.staff_id IS NULL AND (m.importance = 'act'"
            " OR (m.case_id, m.appointment_id) IS DISTINCT FROM (n.case_id, n.appointment_id)))",
        ),
        sql(
            "family_told_nothing",
            "给家人的提醒不关联任何办件和预约"
            " / What family members are told names no case and no appointment.",
            "SELECT m.id::text FROM message m WHERE m.kind = 'family.progress'"
            " AND (m.case_id IS NOT NULL OR m.appointment_id IS NOT NULL)",
        ),
        sql(
            "muted_kind_mutable",
            "关闭的消息种类都不是需要处理的 / No kind was muted that asks somebody to act.",
            f"SELECT id::text FROM muted_kind WHERE kind IN (VALUES {_ACTS})",
        ),
        sql(
            "credit_of_ledger",
            "订阅次数等于最近一次拒绝以来的流水之和"
            " / A credit is what its ledger adds up to since the last refusal.",
            "SELECT c.id::text FROM subscription_credit c LEFT JOIN LATERAL ("
            " SELECT count(*) FILTER (WHERE kind = 'hint') AS hints,"
            " count(*) FILTER (WHERE kind = 'grant') AS grants,"
            " count(*) FILTER (WHERE kind = 'spend')"
            " - count(*) FILTER (WHERE kind = 'refund') AS spent FROM credit_entry e"
            " WHERE e.credit_id = c.id AND e.id > coalesce((SELECT id FROM credit_entry"
            " WHERE credit_id = c.id AND kind = 'void' ORDER BY id DESC LIMIT 1),"
            " '00000000-0000-0000-0000-000000000000')) l ON true"
            " WHERE (c.hints, c.grants, c.spent) <> (l.hints, l.grants, l.spent)",
        ),
        sql(
            "credit_not_overdrawn",
            "用掉的订阅次数不超过所有的次数 / No more was spent of a credit than there was.",
            "SELECT id::text FROM subscription_credit WHERE spent > greatest(hints, grants)",
        ),
    ]
