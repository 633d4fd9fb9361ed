"""What there may be only one of: which second row is refused, and which goes beside the first."""

from datetime import time, timedelta
from typing import Any

import pytest

from models import CaseStatus, uuid7
from tests.models.rows import DAY, MOMENT, written

pytestmark = pytest.mark.usefixtures("database")
ONE, TWO, ITEM = uuid7(), uuid7(), "SP-MZ-001"
Values = dict[str, Any]
NIGHT = DAY + timedelta(days=1)
CASE: Values = {
    "resident_id": ONE,
    "subject_id": TWO,
    "item_id": ITEM,
    "object_key": "x",
    "status": "submitted",
}
ENDED = {
    *(CaseStatus.CLOSED, CaseStatus.DECLINED, CaseStatus.TERMINATED, CaseStatus.WITHDRAWN),
}
VISIT: Values = {
    "resident_id": ONE,
    "person_id": TWO,
    "item_id": ITEM,
    "day": DAY,
    "status": "booked",
}
WAITING: Values = {
    "principal_id": ONE,
    "agent_phone_hash": "p",
    "code_hash": "x",
    "code_until": MOMENT,
    "basis": "code",
    "until": DAY,
}
TAKEN: Values = {"agent_id": TWO, "accepted_at": MOMENT, "code_hash": "y"}
FOLLOWED: Values = {"principal_id": ONE, "relative_id": TWO, "accepted_at": MOMENT}
MUTED: Values = {"kind": "x", "channel": "wechat"}
VERSION: Values = {"item_id": ITEM, "version": 1, "type_code": "01"}
POST: Values = {"staff_id": ONE, "unit_id": "x", "role": "clerk"}
TASK: Values = {"case_id": ONE, "step": 1, "unit_id": "x"}
SENT: Values = {"case_id": ONE, "state": "open", "from_unit_id": "x", "to_unit_id": "y"}
# The table and the index; the first row; changes of a second that clash, and that do not.
UNIQUES: dict[str, tuple[str, Values, list[Values], list[Values]]] = {
    "appointment_once_a_day": (
        "appointment",
        VISIT,
        [
            {},
            {"resident_id": TWO},
            {"status": "checked_in"},
            {"status": "called"},
        ],
        [
            {"person_id": ONE},
            {"person_id": None, "resident_id": uuid7()},
            {"item_id": None},
            {"item_id": "SP-MZ-002"},
            {"day": NIGHT},
            {"status": "cancelled"},
            {"status": "served"},
            {"status": "no_show"},
        ],
    ),
    "appointment_event_once": (
        "appointment_event",
        {"appointment_id": ONE, "seq": 1},
        [{}],
        [{"seq": 2}, {"appointment_id": TWO}],
    ),
    "case_event_once": (
        "case_event",
        {"case_id": ONE, "seq": 1},
        [{}],
        [{"seq": 2}, {"case_id": TWO}],
    ),
    "case_form_once": (
        "case_form",
        {"case_id": ONE, "no": 1},
        [{}],
        [{"no": 2}, {"case_id": TWO}],
    ),
    "case_intake_of_event": (
        "case_intake",
        {"case_id": ONE, "seq": 1, "consent": "oral"},
        [{}],
        [{"seq": 2}, {"case_id": TWO}],
    ),
    "case_one_open": (
        "case",
        CASE,
        [
            {},
            {"resident_id": TWO},
            {"resident_id": None},
            *({"status": status} for status in CaseStatus if status not in ENDED),
        ],
        [
            {"subject_id": ONE},
            {"item_id": "SP-MZ-002"},
            {"object_key": "y"},
            *({"status": status} for status in ENDED),
        ],
    ),
    "case_outlook_once": (
        "case_outlook",
        {"item_id": ITEM, "status": "submitted", "step": 1, "template": "x"},
        [{}],
        [{"item_id": "x"}, {"status": "accepted"}, {"step": 2}, {"template": "y"}],
    ),
    "case_transfer_one_open": (
        "case_transfer",
        SENT,
        [{}, {"to_unit_id": "z"}],
        [{"case_id": TWO}, {"state": "refused", "ended_at": MOMENT}],
    ),
    "erasure_once": ("erasure", {"resident_id": ONE}, [{}], [{"resident_id": TWO}]),
    "family_copy_once": (
        "family_copy",
        FOLLOWED,
        [{}],
        [
            {"ended_at": MOMENT, "ended_by": "x"},
            {"relative_id": uuid7()},
            {"principal_id": uuid7()},
            {"relative_id": None, "accepted_at": None},
        ],
    ),
    "item_version_once": (
        "item_version",
        VERSION | {"status": "draft"},
        [{}, {"status": "published"}],
        [{"version": 2}, {"item_id": "x"}],
    ),
    "item_version_one_published": (
        "item_version",
        VERSION | {"status": "published"},
        [{"version": 2}],
        [
            {"version": 3, "status": "draft"},
            {"version": 4, "status": "withdrawn"},
            {"item_id": "x"},
        ],
    ),
    "mandate_one_waiting": (
        "mandate",
        WAITING,
        [{"code_hash": "y"}],
        [
            {"principal_id": TWO, "code_hash": "z"},
            {"agent_phone_hash": "q", "code_hash": "z"},
            {"revoked_at": MOMENT, "revoked_by": "x", "code_hash": "z"},
            TAKEN,
        ],
    ),
    "message_read_once": (
        "message_read",
        {"staff_id": ONE, "message_id": ONE},
        [{}],
        [{"staff_id": TWO}, {"message_id": TWO}],
    ),
    "muted_kind_of_resident": (
        "muted_kind",
        {"resident_id": ONE} | MUTED,
        [{}],
        [{"resident_id": TWO}, {"kind": "y"}, {"channel": "sms"}],
    ),
    "muted_kind_of_staff": (
        "muted_kind",
        {"staff_id": ONE} | MUTED,
        [{}],
        [{"staff_id": TWO}, {"kind": "y"}, {"channel": "sms"}],
    ),
    "office_closure_once": (
        "office_closure",
        {"office_id": ONE, "day": DAY},
        [{}],
        [{"day": NIGHT}, {"office_id": TWO}],
    ),
    "opening_hours_once": (
        "opening_hours",
        {
            "office_id": ONE,
            "weekday": 1,
            "opens": time(9, tzinfo=MOMENT.tzinfo),
            "closes": time(17, tzinfo=MOMENT.tzinfo),
            "slot_minutes": 30,
        },
        [{}, {"closes": time(18, tzinfo=MOMENT.tzinfo)}],
        [{"weekday": 2}, {"opens": time(10, tzinfo=MOMENT.tzinfo)}, {"office_id": TWO}],
    ),
    "paper_once": (
        "paper",
        {"case_id": ONE, "seq": 1},
        [{}],
        [
            {"seq": 2},
            {"case_id": TWO},
            {"revoked_at": MOMENT, "revoked_by_id": ONE, "revoke_reason_sealed": b"x"},
        ],
    ),
    "post_once": (
        "post",
        POST,
        [{}],
        [
            {"staff_id": TWO},
            {"unit_id": "y"},
            {"role": "reviewer"},
            {"valid_to": DAY},
        ],
    ),
    "recusal_in_force": (
        "recusal",
        {"case_id": ONE, "staff_id": ONE},
        [{}],
        [{"staff_id": TWO}, {"case_id": TWO}, {"ended_at": MOMENT}],
    ),
    "seat_once": (
        "seat",
        {"appointment_id": ONE, "slot_id": ONE},
        [{}],
        [{"slot_id": TWO}, {"appointment_id": TWO}],
    ),
    "slot_once": (
        "slot",
        {"office_id": ONE, "starts_at": MOMENT, "booked": 0},
        [{}, {"capacity": 7}],
        [{"office_id": TWO}, {"starts_at": MOMENT + timedelta(minutes=1)}],
    ),
    "staff_wecom_once": (
        "staff",
        {"wecom_hash": "x"},
        [{}],
        [{"wecom_hash": "y"}, {"wecom_hash": None}],
    ),
    "subscription_credit_once": (
        "subscription_credit",
        {"resident_id": ONE, "template": "x"},
        [{}],
        [{"resident_id": TWO}, {"template": "y"}],
    ),
    "task_filter_once": (
        "task_filter",
        {"staff_id": ONE, "name_hash": "x"},
        [{}],
        [{"staff_id": TWO}, {"name_hash": "y"}],
    ),
    "task_one_open": (
        "task",
        TASK,
        [{}, {"role": "approver"}],
        [{"step": 2}, {"unit_id": "y"}, {"case_id": TWO}, {"done_at": MOMENT}],
    ),
}
# What is one by its column alone, as `unique=True` of the model says.
BY_COLUMN = "_key$"


@pytest.mark.parametrize("name", UNIQUES)
async def test_a_second_one_is_refused_and_what_differs_goes_beside_it(name: str) -> None:
    table, first, clashing, beside = UNIQUES[name]
    async with written() as rows:
        assert await rows.refused(table, **first) == ""
        for change in clashing:
            assert await rows.refused(table, **first | change) == name, change
        for change in beside:
            assert await rows.refused(table, **first | change) == "", change


async def test_there_is_no_unique_index_without_its_second_row() -> None:
    async with written() as rows:
        known = await rows.owner.fetch(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indisunique AND NOT i.indisprimary"
            " AND c.relnamespace = 'public'::regnamespace AND c.relname !~ $1",
            f"{BY_COLUMN}|^uid_|migration",
        )
    assert {row["relname"] for row in known} == {*UNIQUES, "office_once"}
