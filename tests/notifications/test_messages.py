"""Every wording against every template: nothing that WeChat would refuse can be enqueued."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from config import clock
from models import DropReason, Importance, Role
from notifications.channels.wechat.templates import templates
from notifications.telling import messages
from notifications.telling.funnel import TABLE
from notifications.telling.outgoing import Copy, Outgoing
from notifications.telling.recipients import Resident, Staff, UnitRole
from notifications.telling.wordings import FOR_SOMEBODY, Instead, wordings
from wechat import fields

RESIDENT, CASE, APPOINTMENT = Resident(UUID(int=1)), UUID(int=2), UUID(int=3)
AT = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
LONG_NAME = "城乡居民基本养老保险待遇领取资格认证及补缴申请（含代办）"
OF_REQUESTS = {"confirm", "reopen"}
OTHERS = [by.of(act) for act in FOR_SOMEBODY if act not in OF_REQUESTS for by in Instead]
CASE_CALLS: list[tuple[str, str | None]] = [
    ("submit", None),
    ("accept", None),
    ("decline", None),
    ("request_supplement", None),
    ("supplement_due", None),
    ("supplement", None),
    ("pass", None),
    ("return", None),
    ("handover", None),
    ("decide", "approved"),
    ("decide", "denied"),
    ("deliver", None),
    ("close", None),
    ("withdraw", None),
    ("revoke_paper", None),
    *((act, None) for act in OTHERS),
]


REQUEST_CALLS = [
    *("submit", "dispatch", "decline", "request_supplement", "supplement", "pass", "return"),
    *("finish", "confirm", "reopen", "close", "withdraw", "handover", "revoke_paper"),
    *OTHERS,
    *(by.of(act) for act in sorted(OF_REQUESTS) for by in Instead),
]
ENROL_CALLS = [
    *("submit", "decline", "request_supplement", "supplement", "pass", "return", "enrol"),
    *("close", "withdraw", "handover", "revoke_paper"),
    *OTHERS,
]


def _case(
    action: str, outcome: str | None = None, *, due: date | None = AT, flow: str = "approval"
) -> Outgoing:
    return messages.case_message(
        action,
        flow=flow,
        to=RESIDENT,
        case_id=CASE,
        number="210102202611230000017",
        item_name=LONG_NAME,
        status_text="审查中",
        at=AT,
        due=due,
        outcome=outcome,
        window="沈阳市和平区浑河湾街道浑河湾第一社区",
    )


def _appointment(action: str, item_name: str | None = LONG_NAME) -> Outgoing:
    return messages.appointment_message(
        action,
        to=RESIDENT,
        appointment_id=APPOINTMENT,
        number="Y20261123000017",
        item_name=item_name,
        office_name="沈阳市和平区政务服务中心综合服务大厅二楼东区",
        starts_at=AT,
        at=clock.now(),
        window="沈阳市和平区浑河湾街道浑河湾第一社区",
    )


def _draft(action: str) -> Outgoing:
    item = "FW-MZ-001", LONG_NAME
    return messages.draft_message(
        action, resident_id=RESIDENT.id, draft_id=CASE, item=item, ends=AT, at=AT
    )


def _copy(message: Outgoing) -> Copy:
    assert message.copy
    return message.copy


def _every_message() -> list[Outgoing]:
    cases = [_case(action, outcome) for action, outcome in CASE_CALLS]
    cases += [_case(action, flow="request") for action in REQUEST_CALLS]
    cases += [_case(action, flow="enrol") for action in ENROL_CALLS]
    return cases + [_appointment(action) for action in sorted(TABLE["appointment"])]


def _staff(action: str, *, due: date | None = AT) -> Outgoing:
    return messages.staff_message(
        action,
        to=UnitRole("210102001001", Role.CLERK),
        case_id=CASE,
        number="210102202611230000017",
        item_name=LONG_NAME,
        at=AT,
        due=due,
    )


def _tasks(action: str, many: int) -> Outgoing:
    cases = [(CASE, "210102202611230000017", LONG_NAME)] * many
    to = Staff(CASE)
    return messages.tasks_message(action, to=to, cases=cases, at=AT, by_staff_id=APPOINTMENT)


STAFF_MESSAGES = [_staff(action) for action in sorted(TABLE["staff"])]
TASKS_MESSAGES = [_tasks(action, many) for action in sorted(TABLE["tasks"]) for many in (1, 500)]


MANDATE_MESSAGES = [
    messages.mandate_message(action, to=RESIDENT, at=AT) for action in sorted(TABLE["mandate"])
]


def test_every_wording_is_reached() -> None:
    days = [
        messages.absence_message(action, to=Staff(CASE), days=(AT, AT), at=AT, by_staff_id=CASE)
        for action in TABLE["absence"]
    ]
    drafts = [_draft(action) for action in TABLE["draft"]]
    family = [messages.family_message(action, to=RESIDENT, at=AT) for action in TABLE["family"]]
    told = [*_every_message(), *drafts, *family, *STAFF_MESSAGES, *TASKS_MESSAGES, *days]
    told += MANDATE_MESSAGES
    assert {message.kind for message in told} == {wording.kind for wording in wordings().values()}


@pytest.mark.parametrize("message", _every_message(), ids=lambda message: message.kind)
def test_a_message_fits_its_template_and_its_row(message: Outgoing) -> None:
    assert (message.copy is None) == (message.dropped is DropReason.ECHO)
    if copy := message.copy:
        assert copy.data.keys() == templates()[copy.template].keys.keys()
        assert {key: fields.check(key, value) for key, value in copy.data.items()} == dict.fromkeys(
            copy.data
        )
        assert "{" not in copy.page
    assert "{" not in message.title + message.body
    assert len(message.kind) <= 48
    assert len(message.title) <= 20
    assert len(message.body) <= 200
    assert "210102202611230000017" in message.body or "Y20261123000017" in message.body


@pytest.mark.parametrize("message", STAFF_MESSAGES, ids=lambda message: message.kind)
def test_staff_are_told_item_number_and_date_in_their_inbox_alone(message: Outgoing) -> None:
    undated = _staff(message.kind.removeprefix("staff."), due=None)

    assert message.copy is None
    assert len(message.title) <= 20
    assert "{" not in message.title + message.body
    assert f"“{LONG_NAME}”" in message.body
    assert "210102202611230000017" in message.body
    assert message.body.startswith(undated.body)
    said = message.body.removeprefix(undated.body)
    # Whose case it is no more has no date to keep.
    assert "请在2026年11月23日前" in said or message.kind in {"staff.handover", "staff.recall"}


@pytest.mark.parametrize("message", TASKS_MESSAGES, ids=lambda message: message.kind)
def test_of_many_tasks_the_first_is_named_and_the_rest_are_counted(message: Outgoing) -> None:
    first = f"“{LONG_NAME}”（办件编号210102202611230000017）"

    assert (first if message.case_id else f"{first}等500件任务") in message.body
    assert len(message.body) <= 200
    assert message.copy is None


def test_the_due_date_is_told_only_when_there_is_one() -> None:
    assert _case("submit").body.endswith("最晚2026年11月23日答复是否受理。")
    assert "最晚" not in _case("submit", due=None).body


def test_a_supplement_is_due_at_the_end_of_its_day() -> None:
    message = _case("request_supplement", due=date(2026, 12, 4))

    assert _copy(message).data["time4"] == "2026-12-04 23:59"
    assert message.body.endswith("请在2026年12月4日前补正。")


def test_times_are_the_citys() -> None:
    assert _copy(_case("accept")).data["time4"] == "2026-11-23 16:05"
    assert "11月23日（周一）16:05" in _appointment("book").body


def test_what_somebody_did_themselves_is_in_the_inbox_alone() -> None:
    own = [message for message in _every_message() if message.importance is Importance.ECHO]

    assert {message.kind for message in own} == {
        *("case.submit", "case.supplement", "case.withdraw", "case.confirm", "case.reopen"),
        *("appointment.book", "appointment.reschedule", "appointment.cancel"),
    }
    assert {message.dropped for message in own} == {DropReason.ECHO}


def test_an_appointment_without_item_is_for_the_counter() -> None:
    assert _copy(_appointment("close", item_name=None)).data["thing1"] == "窗口业务"


def test_an_untold_action_is_refused() -> None:
    with pytest.raises(KeyError):
        _case("tickle")
