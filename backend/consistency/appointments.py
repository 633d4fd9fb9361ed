"""Slots, seats and appointments."""

from backend.appointments.record.statements import among
from backend.appointments.rules.lifecycle import AHEAD, SEATED
from backend.consistency.checks import owner, sql

_AHEAD = among(AHEAD)

CHECKS = [
    sql(
        "slot_ends_later",
        "时段的结束晚于开始 / A slot ends after it starts.",
        "SELECT id::text FROM slot WHERE ends_at <= starts_at",
    ),
    sql(
        "seats_counted",
        "时段的已约数等于已占的名额数 / A slot counts as booked just the seats taken of it.",
        "SELECT s.id::text FROM slot s LEFT JOIN seat t ON t.slot_id = s.id"
        " GROUP BY s.id HAVING s.booked <> count(t.id)",
    ),
    sql(
        "seat_of_appointment",
        "未取消的预约在其时段恰占一个名额，已取消的不占"
        " / An appointment has one seat, of its slot, until it is cancelled, and none then.",
        "SELECT coalesce(a.id, t.appointment_id)::text FROM appointment a"
        " FULL JOIN seat t ON t.appointment_id = a.id AND t.slot_id = a.slot_id"
        f" WHERE (a.status IN {among(sorted(SEATED))}) IS DISTINCT FROM (t.id IS NOT NULL)",
    ),
    sql(
        "slot_used_is_kept",
        "约过的时段仍在，且有标记 / A slot that somebody had a seat of is there, and says so.",
        "SELECT DISTINCT e.slot_id::text FROM appointment_event e"
        " LEFT JOIN slot s ON s.id = e.slot_id WHERE s.used IS NOT TRUE",
    ),
    sql(
        "seats_within_capacity",
        "时段的已约数不超过名额 / No slot has more seats taken than it has room for.",
        "SELECT id::text FROM slot WHERE booked NOT BETWEEN 0 AND capacity",
    ),
    sql(
        "appointment_in_its_slot",
        "预约的时段存在，网点和日期与时段一致"
        " / An appointment's slot exists, and its office and day are the slot's.",
        "SELECT a.id::text FROM appointment a LEFT JOIN slot s ON s.id = a.slot_id"
        " WHERE (a.office_id, a.day) IS DISTINCT FROM"
        " (s.office_id, (s.starts_at AT TIME ZONE 'Asia/Shanghai')::date)",
    ),
    sql(
        "appointment_once_a_day",
        "同一人同一天同一事项只有一个有效预约"
        " / A person has one active appointment for an item and a day.",
        f"SELECT min(id::text) FROM appointment WHERE status IN {_AHEAD}"
        " GROUP BY coalesce(person_id, resident_id), coalesce(item_id, ''), day"
        " HAVING count(*) > 1",
    ),
    sql(
        "appointments_apart",
        "同一人的有效预约时间不重叠 / No two active appointments of a person overlap.",
        "SELECT a.id::text FROM appointment a JOIN slot s ON s.id = a.slot_id"
        " JOIN appointment b ON coalesce(b.person_id, b.resident_id)"
        " = coalesce(a.person_id, a.resident_id) AND b.id > a.id"
        f" JOIN slot t ON t.id = b.slot_id WHERE a.status IN {_AHEAD} AND b.status IN {_AHEAD}"
        " AND s.starts_at < t.ends_at AND t.starts_at < s.ends_at",
    ),
    sql(
        "appointment_number_once",
        "预约编号不重复 / No two appointments share a number.",
        "SELECT min(id::text) FROM appointment GROUP BY number HAVING count(*) > 1",
    ),
    sql(
        "appointment_of_somebody",
        "每个预约都属于一个账号或一个自然人 / An appointment is an account's or a person's.",
        "SELECT id::text FROM appointment WHERE coalesce(person_id, resident_id) IS NULL",
    ),
    sql(
        "appointment_of_its_person",
        "预约的人即预约账号所属的人，由账号或工作人员预约"
        " / An appointment is of its account's person, booked by an account or by staff.",
        "SELECT a.id::text FROM appointment a LEFT JOIN resident r ON r.id = a.resident_id"
        " LEFT JOIN staff s ON s.id = a.booked_by_id WHERE r.id IS NOT NULL AND r.erased_at IS NULL"
        " AND a.person_id IS NOT NULL AND a.person_id IS DISTINCT FROM r.person_id"
        # Another account of the person has it since, or an agent booked.
        " OR booked_by = 'account'"
        " AND NOT EXISTS (SELECT FROM resident b WHERE b.id = booked_by_id)"
        " OR booked_by = 'staff' AND s.id IS NULL OR booked_by NOT IN ('account', 'staff')",
    ),
    sql(
        "appointment_of_its_case",
        "与办件关联的预约属于该办件的申请人和事项"
        " / An appointment about a case is its applicant's and of its item.",
        'SELECT a.id::text FROM appointment a JOIN "case" c ON c.id = a.case_id'
        f" WHERE NOT ({owner('a.resident_id')} OR a.resident_id IS NULL"
        " AND a.person_id IS NOT DISTINCT FROM c.subject_id)"
        " OR a.item_id IS DISTINCT FROM c.item_id",
    ),
    sql(
        "appointment_item_exists",
        "预约所指的事项存在 / The item that an appointment names exists.",
        "SELECT a.id::text FROM appointment a WHERE a.item_id IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM service_item WHERE code = a.item_id)",
    ),
]
"""Checks of appointments."""
