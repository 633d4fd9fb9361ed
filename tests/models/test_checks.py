"""Each check of a row at its edges: what is taken, and what is refused by its name."""

from datetime import UTC, time, timedelta
from typing import Any

import pytest

from models import uuid7
from tests.models.rows import DAY, MOMENT, written

pytestmark = pytest.mark.usefixtures("database")
ONE, OTHER = uuid7(), uuid7()
Values = dict[str, Any]
OWNERS = ("resident_id", "person_id", "staff_id", "unit_id")
NOBODY: Values = dict.fromkeys(OWNERS)
ACCEPTED: Values = {"accepted_at": MOMENT, "basis": "code", "until": DAY}
PHONE: Values = {"agent_phone_hash": "x", "code_hash": "x", "code_until": MOMENT}
WAITING: Values = ACCEPTED | PHONE | {"accepted_at": None}
WINDOW: Values = {"window_id": "x", "staff_id": ONE, "file_id": ONE}
SIGNED: Values = ACCEPTED | WINDOW | {"agent_id": ONE, "basis": "paper"}
NINE, TEN = time(9, tzinfo=UTC), time(10, tzinfo=UTC)
HOURS: Values = {"opens": NINE, "closes": TEN, "slot_minutes": 30}
YEAR = DAY + timedelta(days=366)
# The table and the constraint; rows that are taken; rows that are refused by its name.
CHECKS: dict[str, tuple[str, list[Values], list[Values]]] = {
    "absence_by_another": (
        "absence",
        [{"deputy_id": ONE, "staff_id": OTHER}, {"deputy_id": None}],
        [{"deputy_id": ONE, "staff_id": ONE}],
    ),
    "absence_days_in_order": (
        "absence",
        [{"starts_on": DAY, "ends_on": DAY}, {"starts_on": DAY, "ends_on": YEAR}],
        [{"starts_on": DAY, "ends_on": DAY - timedelta(days=1)}],
    ),
    "access_log_head_one": ("access_log_head", [{"id": 1}], [{"id": 0}, {"id": 2}]),
    "case_intake_of_mandate": (
        "case_intake",
        [{"consent": "oral"}, {"consent": "mandate", "mandate_id": ONE}],
        [{"consent": "mandate"}, {"consent": "oral", "mandate_id": ONE}],
    ),
    "case_transfer_end_told": (
        "case_transfer",
        [
            {"state": "open", "to_unit_id": "y", "case_id": ONE},
            {"state": "accepted", "to_unit_id": "y", "ended_at": MOMENT},
        ],
        [
            {"state": "open", "to_unit_id": "y", "ended_at": MOMENT},
            {"state": "recalled", "to_unit_id": "y"},
        ],
    ),
    "case_transfer_to_another": (
        "case_transfer",
        [{"state": "open", "from_unit_id": "x", "to_unit_id": "y"}],
        [{"state": "open", "from_unit_id": "x", "to_unit_id": "x"}],
    ),
    "data_load_once": ("data_load", [{"id": 1}], [{"id": 0}, {"id": 2}]),
    "family_copy_accepted_by_one": (
        "family_copy",
        [
            {"principal_id": OTHER},
            {"principal_id": OTHER, "relative_id": ONE, "accepted_at": MOMENT},
        ],
        [
            {"principal_id": OTHER, "relative_id": ONE},
            {"principal_id": OTHER, "accepted_at": MOMENT},
        ],
    ),
    "family_copy_end_told": (
        "family_copy",
        [{}, {"ended_at": MOMENT, "ended_by": "x"}],
        [{"ended_at": MOMENT}, {"ended_by": "x"}],
    ),
    "family_copy_to_another": (
        "family_copy",
        [{"principal_id": OTHER, "relative_id": ONE, "accepted_at": MOMENT}],
        [{"principal_id": ONE, "relative_id": ONE, "accepted_at": MOMENT}],
    ),
    "identity_check_has_one_asker": (
        "identity_check",
        [{"resident_id": ONE}, {"staff_id": ONE}],
        [{"resident_id": None}, {"resident_id": ONE, "staff_id": ONE}],
    ),
    "mandate_a_year_at_most": (
        "mandate",
        [
            ACCEPTED | {"agent_id": ONE, "until": YEAR},
            SIGNED | {"basis": "guardian", "proof": "x", "until": YEAR + timedelta(days=3000)},
            # The day is the city's.
            ACCEPTED
            | {
                "agent_id": ONE,
                "created_at": MOMENT + timedelta(hours=14),
                "until": YEAR + timedelta(days=1),
            },
        ],
        [
            ACCEPTED | {"agent_id": ONE, "until": YEAR + timedelta(days=1)},
            SIGNED | {"until": YEAR + timedelta(days=1)},
        ],
    ),
    "mandate_basis_kept": (
        "mandate",
        [
            ACCEPTED | {"agent_id": ONE},
            SIGNED,
            SIGNED | {"basis": "guardian", "proof": "x"},
        ],
        [
            *(ACCEPTED | {"agent_id": ONE, name: value} for name, value in WINDOW.items()),
            ACCEPTED | {"agent_id": ONE, "proof": "x"},
            *(SIGNED | {name: None} for name in WINDOW),
            SIGNED | {"proof": "x"},
            SIGNED | {"basis": "guardian"},
        ],
    ),
    "mandate_end_told": (
        "mandate",
        [
            ACCEPTED | {"agent_id": ONE},
            ACCEPTED | {"agent_id": ONE, "revoked_at": MOMENT, "revoked_by": "x"},
        ],
        [
            ACCEPTED | {"agent_id": ONE, "revoked_at": MOMENT},
            ACCEPTED | {"agent_id": ONE, "revoked_by": "x"},
        ],
    ),
    "mandate_has_one_agent": (
        "mandate",
        [ACCEPTED | {"agent_id": ONE}, ACCEPTED | {"unit_id": "x"}, WAITING],
        [
            ACCEPTED,
            ACCEPTED | {"agent_id": ONE, "unit_id": "x"},
            WAITING | {"agent_id": ONE, "principal_id": OTHER},
            WAITING | {"unit_id": "x", "principal_id": OTHER},
            *(WAITING | {name: None} for name in PHONE),
        ],
    ),
    "mandate_to_another": (
        "mandate",
        [ACCEPTED | {"agent_id": ONE, "principal_id": OTHER}],
        [ACCEPTED | {"agent_id": ONE, "principal_id": ONE}],
    ),
    "muted_kind_of_one": (
        "muted_kind",
        [{"resident_id": ONE}, {"staff_id": ONE}],
        [{}, {"resident_id": ONE, "staff_id": ONE}],
    ),
    "opening_hours_sound": (
        "opening_hours",
        [HOURS | {"weekday": day} for day in (1, 7)]
        + [HOURS | {"weekday": minutes % 7 + 2, "slot_minutes": minutes} for minutes in (5, 480)],
        [HOURS | {"weekday": day} for day in (0, 8)]
        + [HOURS | {"slot_minutes": minutes} for minutes in (4, 481)]
        + [HOURS | {"closes": closes} for closes in (NINE, time(8, tzinfo=UTC))]
        + [HOURS | {"desks": desks} for desks in (0, -1)],
    ),
    "paper_revoked_by_somebody": (
        "paper",
        [
            {"number": "1"},
            {
                "number": "2",
                "revoked_at": MOMENT,
                "revoked_by_id": ONE,
                "revoke_reason_sealed": b"x",
            },
        ],
        [
            {"revoked_at": MOMENT},
            {"revoked_by_id": ONE},
            {"revoke_reason_sealed": b"x"},
            {"revoked_at": MOMENT, "revoked_by_id": ONE},
            {"revoked_at": MOMENT, "revoke_reason_sealed": b"x"},
        ],
    ),
    "person_checked_known": (
        "person",
        [
            {"checked": checked, "id_number_hash": checked}
            for checked in ("identity_check", "id_card", "household_register", "other")
        ],
        [{"checked": "x"}, {"checked": ""}],
    ),
    "resident_real_name_of_person": (
        "resident",
        [
            {"assurance": "real_name", "person_id": ONE, "openid_hash": "a"},
            {"assurance": "wechat", "openid_hash": "b"},
        ],
        [{"assurance": "real_name"}, {"assurance": "phone", "person_id": ONE}],
    ),
    "second_factor_whole": (
        "second_factor",
        [{}, {"secret_sealed": b"x", "confirmed_at": MOMENT, "last_step": 1}],
        [
            {"secret_sealed": b"x"},
            {"confirmed_at": MOMENT},
            {"last_step": 1},
            {"secret_sealed": b"x", "confirmed_at": MOMENT},
        ],
    ),
    "session_has_one_owner": (
        "session",
        [
            {"audience": "resident", "resident_id": ONE},
            {"audience": "staff", "staff_id": ONE},
        ],
        [
            {"audience": "resident"},
            {"audience": "resident", "staff_id": ONE},
            {"audience": "staff", "staff_id": ONE, "resident_id": ONE},
            {"audience": "resident", "staff_id": ONE, "resident_id": ONE},
            {"audience": "staff"},
        ],
    ),
    "slot_not_overbooked": (
        "slot",
        [
            {"booked": booked, "capacity": 2, "starts_at": MOMENT + timedelta(hours=booked)}
            for booked in (0, 1, 2)
        ],
        [{"booked": booked, "capacity": 2} for booked in (-1, 3)],
    ),
    "stored_file_has_one_owner": (
        "stored_file",
        [NOBODY | {name: "x" if name == "unit_id" else ONE, "key": name} for name in OWNERS],
        [
            NOBODY,
            *(NOBODY | {"resident_id": ONE, name: ONE} for name in ("person_id", "staff_id")),
            NOBODY | {"staff_id": ONE, "unit_id": "x"},
        ],
    ),
    "subscription_credit_not_negative": (
        "subscription_credit",
        [{"hints": 0, "grants": 0, "spent": 0}],
        [
            {"hints": 0, "grants": 0, "spent": 0} | {name: -1}
            for name in ("hints", "grants", "spent")
        ],
    ),
}


@pytest.mark.parametrize("name", CHECKS)
async def test_a_row_is_taken_or_refused_by_the_name_of_what_it_breaks(name: str) -> None:
    table, taken, refused = CHECKS[name]
    async with written() as rows:
        for values in taken:
            assert await rows.refused(table, **values) == "", values
        for values in refused:
            assert await rows.refused(table, **values) == name, values


async def test_there_is_no_check_without_its_edges() -> None:
    async with written() as rows:
        known = await rows.owner.fetch(
            "SELECT conname, relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid"
            " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
        )
    assert {row["conname"]: row["relname"] for row in known} == {
        name: table for name, (table, _, _) in CHECKS.items()
    }
