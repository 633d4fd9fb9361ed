"""Whom the table of messages tells, over which channels, and how it is shown to who reads it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from config import nights
from models import Channel, Importance, RecipientKind, Role
from notifications.telling import preview, quiet, recipients
from notifications.telling.funnel import TABLE, Who
from notifications.telling.wordings import FOR_SOMEBODY, Instead

WHO = UUID(int=5)


def in_the_city(clock: str, day: int = 9) -> datetime:
    """A moment in March, as Greenwich has it."""
    return datetime.fromisoformat(f"2026-03-{day:02}T{clock}:00+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "clock", "night"),
    [
        ("22:00-08:00", "21:59", False),
        ("22:00-08:00", "22:00", True),
        ("22:00-08:00", "00:00", True),
        ("22:00-08:00", "07:59", True),
        ("22:00-08:00", "08:00", False),
        ("01:00-05:30", "00:59", False),
        ("01:00-05:30", "01:00", True),
        ("01:00-05:30", "05:29", True),
        ("01:00-05:30", "05:30", False),
        ("01:00-05:30", "23:00", False),
        ("off", "03:00", False),
    ],
)
def test_it_is_night_from_the_hour_to_the_hour_in_the_city(
    written: str, clock: str, *, night: bool
) -> None:
    assert quiet.quiet(in_the_city(clock), written) is night
    assert (quiet.until(in_the_city(clock), WHO, written) is not None) is night


@pytest.mark.parametrize(
    ("written", "clock", "morning"),
    [
        ("22:00-08:00", "23:00", in_the_city("08:00", 10)),
        ("22:00-08:00", "00:30", in_the_city("08:00")),
        ("22:00-08:00", "07:59", in_the_city("08:00")),
        ("01:00-05:30", "02:00", in_the_city("05:30")),
    ],
)
def test_what_is_told_at_night_waits_for_that_nights_morning(
    written: str, clock: str, morning: datetime
) -> None:
    found = quiet.until(in_the_city(clock), WHO, written)

    assert found is not None
    assert 0 <= (found - morning).total_seconds() < quiet.SPREAD_SECONDS


def test_one_recipients_messages_go_together_and_those_of_many_are_spread() -> None:
    asked = [quiet.until(in_the_city(at), WHO, "22:00-08:00") for at in ("01:00", "07:00")]
    assert asked[0] == asked[1]
    many = {quiet.until(in_the_city("01:00"), UUID(int=n), "22:00-08:00") for n in range(200)}
    assert len(many) > 100


@pytest.mark.parametrize("written", ["22:00-08:00", "00:00-23:59", "23:59-00:00"])
def test_a_night_is_read_as_it_is_written(written: str) -> None:
    begin, end = nights.read(written) or (None, None)
    assert f"{begin:%H:%M}-{end:%H:%M}" == written
    assert nights.read("off") is None


@pytest.mark.parametrize(
    "written",
    [
        *("", "22:00", "22:00-22:00", "24:00-08:00", "22:60-08:00", "22:00-8:00", "22-08"),
        *("OFF", " 22:00-08:00", "22:00-08:00\n", "2２:00-08:00", "22：00-08：00"),
    ],
)
def test_what_is_no_night_is_refused_in_a_sentence(written: str) -> None:
    with pytest.raises(ValueError, match="须写作 22:00-08:00 或 off / must be written as"):
        nights.read(written)


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


PHONE = (Channel.WECHAT, Channel.SMS)
WHEREBY: dict[Importance, tuple[Channel, ...]] = {
    Importance.ECHO: (),
    Importance.INFO: (Channel.WECHAT,),
    Importance.RESULT: PHONE,
    Importance.ACT: PHONE,
}


def test_who_did_it_is_told_in_the_inbox_alone_and_staff_on_a_card_what_they_must_do() -> None:
    told = {
        f"{subject}.{action}": row
        for subject, rows in TABLE.items()
        for action, row in rows.items()
    }

    for name, row in told.items():
        channels = WHEREBY[row.importance]
        if not row.to.resident:
            channels = (Channel.WECOM,) if row.importance is Importance.ACT else ()
        elif name.startswith("mandate.") or row.to is Who.OTHER_SIDE:
            channels = ()
        assert row.over == channels, name
    assert {who for who in Who if who.resident} == {
        *(Who.APPLICANT, Who.PRINCIPAL, Who.BOOKER, Who.AGENT, Who.OTHER_SIDE, Who.RELATIVE),
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
    assert all(line.count("|") == 7 for line in lines)
    [line] = [line for line in lines if "appointment.remind |" in line]
    assert line.startswith("| appointment.remind | 预约人 | act | 收件箱 → 微信订阅消息 → 短信 | ")
    [line] = [line for line in lines if "staff.submit |" in line]
    assert "| 承办单位 | act | 收件箱 → 企业微信 |" in line


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
    assert "微信 WeChat" not in "\n".join(preview.filled("staff"))
