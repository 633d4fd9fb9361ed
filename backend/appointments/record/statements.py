"""The SQL of the record: which columns make an office, a slot and an appointment."""

from collections.abc import Iterable

from models import AppointmentStatus

OFFICE = """o.id AS office_id, coalesce(o.code, o.id::text) AS office_code, o.name, o.address,
       o.phone, o.lat, o.lng, o.items,
       u.code AS unit_code, u.name AS unit_name, u.level AS unit_level, u.path AS unit_path,
       u.department_id AS department_code"""
"""The columns of an office `o` and its unit `u`."""

SLOT = f"""
SELECT s.id, s.starts_at, s.ends_at, {OFFICE}
FROM slot s
JOIN office o ON o.id = s.office_id
JOIN org_unit u ON u.code = o.unit_id
WHERE s.id = $1
"""

# The item's name is that of its published version, else of its last; the reason that of the last
# event.
APPOINTMENT = f"""
SELECT a.id, a.number, a.status, a.case_id, a.check_in_code, a.created_at,
       a.version, a.day, a.resident_id, a.person_id, a.item_id, v.name AS item_name,
       e.id AS event_id, e.reason_sealed, a.form_sealed,
       s.id AS slot_id, s.starts_at, s.ends_at, {OFFICE}
FROM appointment a
JOIN slot s ON s.id = a.slot_id
JOIN office o ON o.id = a.office_id
JOIN org_unit u ON u.code = o.unit_id
LEFT JOIN appointment_event e ON e.appointment_id = a.id AND e.seq = a.version
LEFT JOIN LATERAL (
    SELECT name FROM item_version WHERE item_id = a.item_id
    ORDER BY status = 'published' DESC, version DESC LIMIT 1
) v ON true
"""
"""A whole appointment; what follows says which."""


def shown_to(account: str) -> str:
    """Whose appointment `a` is, to them: the account that booked, and all of the person's."""
    person = f"(SELECT person_id FROM resident WHERE id = {account})"
    return f"(a.resident_id = {account} OR a.person_id = {person})"


def of_person(person: str, items: str) -> str:
    """Whether an appointment `a` is the person's, and for one of the items where not null."""
    return f"(a.person_id = {person} AND ({items}::text[] IS NULL OR a.item_id = ANY({items})))"


def event_row(change: str, *, action: str, actor: str, at: str, **given: str) -> str:
    """Give the SQL of the CTE `event_row`, which writes what an earlier one has changed.

    `change` names it; it returns id, version, status and slot_id of the appointments as they are
    now. The others are SQL too: `actor` with kind and id; `given` may have the event's `id`,
    `before`, the status left by the change, and `reason`, sealed for that id.
    """
    event_id, before = given.get("id", "uuidv7()"), given.get("before", "NULL")
    return f"""event_row AS (
        INSERT INTO appointment_event (id, created_at, appointment_id, seq, action, actor, actor_id,
                                       before, after, slot_id, reason_sealed)
        SELECT {event_id}, {at}, id, version, {action}, {actor}, {before}, status, slot_id,
               {given.get("reason", "NULL")}
        FROM {change}
    )"""


def among(statuses: Iterable[AppointmentStatus]) -> str:
    """The statuses as SQL writes a list: ('booked', 'called')."""
    return "(" + ", ".join(f"'{status}'" for status in statuses) + ")"
