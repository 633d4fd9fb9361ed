"""Whom the table of messages tells, over which channels, and how it is shown to who reads it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from models import Channel, Importance, RecipientKind, Role
from notifications.telling import preview, quiet, recipients
from notifications.telling.funnel import TABLE, Who
from notifications.telling.wordings import FOR_SOMEBODY, Instead


@pytest.mark.parametrize(
    ("hour", "night"), [(7, True), (8, False), (21, False), (22, True), (0, True), (12, False)]
)
def test_nobody_is_reminded_at_night_in_the_city(hour: int, *, night: bool) -> None:
    moment = datetime(2026, 3, 9, hour, 59, tzinfo=UTC) - timedelta(hours=8)
    assert quiet.quiet(moment) is night


ID = UUID(int=5)


@pytest.mark.parametrize(
    ("to", "columns"),
    [
        (recipients.Resident(ID), {"recipient": RecipientKind.RESIDENT, "resident_id": ID}),
        (recipients.Person(ID), {"recipient": RecipientKind.PERSON, "person_id": ID}),
        (recipients.Staff(ID), {"recipient": RecipientKind.STAFF, "staff_id": ID}),
        (recipients.System("x"), {"recipient": RecipientKind.SYSTEM, "system": "x"}),
        (
            recipients.UnitRole("210102", Role.CLERK),
            {"recipient": RecipientKind.UNIT_ROLE, "unit_id": "210102", "role": Role.CLERK},
        ),
    ],
)
def test_each_recipient_has_columns_of_its_own(
    to: recipients.Recipient, columns: dict[str, object]
) -> None:
    assert to.columns == columns


def test_staff_and_who_did_it_are_told_in_the_inbox_alone() -> None:
    told = {
        f"{subject}.{action}": row
        for subject, rows in TABLE.items()
        for action, row in rows.items()
    }

    for name, row in told.items():
        channels = () if row.importance is Importance.ECHO else (Channel.WECHAT,)
        mandate = name.startswith("mandate.")
        assert row.over == (channels if row.to.resident and not mandate else ()), name
    assert {who for who in Who if who.resident} == {
        *(Who.APPLICANT, Who.PRINCIPAL, Who.BOOKER, Who.AGENT, Who.OTHER_SIDE),
    }


def test_whatever_is_done_for_somebody_is_news_to_them() -> None:
    """By oneself it is an echo; done by an agent, a unit or a window it is worth a message."""
    for subject, rows in TABLE.items():
        for action in FOR_SOMEBODY & rows.keys() if subject != "staff" else ():
            assert rows[action].importance is Importance.ECHO, (subject, action)
            for by in Instead:
                if row := rows.get(by.of(action)):
                    assert row.importance is Importance.INFO, (subject, action, by)


def test_the_table_of_messages_has_a_line_for_each() -> None:
    lines = list(preview.table())

    assert len(lines) == 2 + sum(map(len, TABLE.values()))
    assert all(line.count("|") == 6 for line in lines)
    [line] = [line for line in lines if "appointment.remind |" in line]
    assert line.startswith("| appointment.remind | 预约人 | act | 收件箱 → 微信订阅消息 | ")
    [line] = [line for line in lines if "staff.submit |" in line]
    assert "| 承办单位 | act | 收件箱 |" in line


def test_a_message_is_shown_filled_in_by_any_of_its_names() -> None:
    one, flows, subject = (
        [line for line in preview.filled(kind) if not line.startswith(" ")]
        for kind in ("approval.approve", "case.submit", "mandate")
    )

    assert [line.split()[0] for line in one] == ["approval.approve"]
    assert [line.split()[0] for line in flows] == [
        "approval.submit",
        "request.submit",
        "enrol.submit",
    ]
    assert len(subject) == len(TABLE["mandate"])
    assert not list(preview.filled("nobody"))
    whole = "\n".join(preview.filled())
    assert "{" not in whole
    assert "微信 WeChat: 办件进度通知" in whole
    assert "微信" not in "\n".join(preview.filled("staff"))
