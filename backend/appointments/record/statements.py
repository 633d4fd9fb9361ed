"""The SQL of the record: which columns make an office, a slot and an appointment."""

from collections.abc import Iterable

from models import AppointmentStatus

OFFICE = """o.id AS office_id, o.name, o.address, o.phone, u.code AS unit_code, u.name AS unit_name,
       u.level AS unit_level, u.department_id AS department_code"""
"""The columns of an office `o` and its unit `u`."""

SLOT = f"""
SELECT s.id, s.starts_at, s.ends_at, {OFFICE}
FROM slot s
JOIN office o ON o.id = s.office_id
JOIN org_unit u ON u.code = o.unit_id
WHERE s.id = $1
"""

# The item's name is that of its published version, else of its last.
APPOINTMENT = f"""
SELECT a.id, a.number, a.status, a.case_id, a.check_in_code, a.cancel_reason_sealed, a.created_at,
       a.version, a.day, a.resident_id, a.item_id, v.name AS item_name,
       s.id AS slot_id, s.starts_at, s.ends_at, {OFFICE}
FROM appointment a
JOIN slot s ON s.id = a.slot_id
JOIN office o ON o.id = a.office_id
JOIN org_unit u ON u.code = o.unit_id
LEFT JOIN LATERAL (
    SELECT name FROM item_version WHERE item_id = a.item_id
    ORDER BY status = 'published' DESC, version DESC LIMIT 1
) v ON true
"""
"""A whole appointment; what follows says which."""


def among(statuses: Iterable[AppointmentStatus]) -> str:
    """The statuses as SQL writes a list: ('booked', 'called')."""
    return "(" + ", ".join(f"'{status}'" for status in statuses) + ")"
