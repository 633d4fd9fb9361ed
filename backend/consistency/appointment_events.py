"""What became of appointments, change by change."""

from collections.abc import Iterator

from backend.appointments.rules.lifecycle import BOOKED, MOVES, Action
from backend.consistency.checks import agent, rows, sql


def _allowed() -> Iterator[tuple[str, str, str]]:
    """Every event the lifecycle can write: status before, action, status after."""
    yield "", Action.BOOK, BOOKED.after
    for before, moves in MOVES.items():
        for action, move in moves.items():
            yield before, action, move.after


# Whether the actor of an event `e` is, or was, whose appointment `a` is. With the account that
# booked, or with the one that acted, what made them one person's is erased.
_HOLDER = """EXISTS (SELECT FROM resident o WHERE o.id = e.actor_id
    AND (o.id = a.resident_id OR o.person_id = a.person_id
        OR EXISTS (SELECT FROM erasure x WHERE x.resident_id IN (o.id, a.resident_id))))"""

CHECKS = [
    sql(
        "appointment_events_numbered",
        "预约的经过从 1 起连续编号，与其版本一致"
        " / The events of an appointment are numbered from 1 to its version without a gap.",
        "SELECT coalesce(a.id, e.appointment_id)::text FROM appointment a"
        " FULL JOIN appointment_event e ON e.appointment_id = a.id"
        " GROUP BY a.id, a.version, e.appointment_id"
        " HAVING count(e.id) IS DISTINCT FROM a.version OR min(e.seq) <> 1"
        " OR max(e.seq) <> a.version",
    ),
    sql(
        "appointment_events_follow",
        "预约的每条经过都从上一条到达的状态开始"
        " / Each event of an appointment begins in the status its predecessor led to.",
        "SELECT id::text FROM (SELECT id, before, lag(after) OVER (PARTITION BY appointment_id"
        " ORDER BY seq) AS previous FROM appointment_event) e"
        " WHERE before IS DISTINCT FROM previous",
    ),
    sql(
        "appointment_events_allowed",
        "预约的每条经过都是规则允许的一步"
        " / Each event of an appointment is a move of its lifecycle.",
        "SELECT id::text FROM appointment_event WHERE (coalesce(before, ''), action, after)"
        f" NOT IN (VALUES {rows(*sorted(set(_allowed())))})",
    ),
    sql(
        "appointment_of_its_events",
        "预约的状态和时段与最后一条经过一致"
        " / An appointment stands where its last event left it, at the slot that one names.",
        "SELECT a.id::text FROM appointment a JOIN LATERAL (SELECT after, slot_id"
        " FROM appointment_event WHERE appointment_id = a.id ORDER BY seq DESC LIMIT 1) e ON true"
        " WHERE (a.status, a.slot_id) IS DISTINCT FROM (e.after, e.slot_id)",
    ),
    sql(
        "appointment_event_by_somebody",
        "预约的每条经过都出自预约人、当时受其授权的代办人、工作人员或运维命令"
        " / Each event of an appointment is its holder's, that of an agent who then had their"
        " mandate for it, or that of staff or of a command.",
        "SELECT e.id::text FROM appointment_event e"
        " LEFT JOIN appointment a ON a.id = e.appointment_id AND e.actor = 'resident'"
        f" AND ({_HOLDER} OR {agent('a.person_id', 'a.item_id')})"
        " LEFT JOIN staff s ON s.id = e.actor_id AND e.actor = 'staff'"
        " WHERE a.id IS NULL AND s.id IS NULL"
        " AND (e.actor <> 'operator' OR e.actor_id IS NOT NULL)",
    ),
]
"""Checks of appointments' events."""
