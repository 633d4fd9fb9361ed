"""In which words a change is told: `config/data/messages.yaml` with item, number and time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from config.clock import CITY_TIME
from config.settings import settings
from models import Channel, DropReason, Importance
from notifications.channels.wechat import words
from notifications.telling import quiet
from notifications.telling.outgoing import Copy, Outgoing
from notifications.telling.recipients import Applicant, Person, Recipient, Resident
from notifications.telling.wordings import Wording, wordings

WEEKDAYS = "一二三四五六日"
NO_ITEM = "窗口业务"
URGENT_BEFORE = timedelta(hours=12)
"""What happens to an appointment that begins later than this can wait for the morning."""
OUTCOMES = {"approved": "approve", "denied": "deny"}


def case_message(  # noqa: PLR0913 - one argument for each thing a message may say
    action: str,
    *,
    flow: str,
    to: Applicant,
    case_id: UUID,
    number: str,
    item_name: str,
    status_text: str,
    at: datetime,
    due: date | None = None,
    accepted: bool = False,
    outcome: str | None = None,
    window: str = "",
) -> Outgoing:
    """Tell the applicant of an action of the flow; `decide` needs `outcome` approved or denied.

    `due` is the one date to watch after it (answer, promise, supplement); request_supplement
    needs it. What it is the date of may depend on whether the case is `accepted`. `window` is the
    name of the unit that did it for somebody, which the actions of a window and a unit need.
    Raise KeyError for an action nobody is told of.
    """
    wording = wordings()[flow, OUTCOMES[outcome] if outcome and action == "decide" else action]
    values = {
        "item": item_name,
        "number": number,
        "status": status_text,
        "at": _minute(at),
        "day": _day(at),
        "window": window,
    }
    if due is not None:
        values |= {"due": _day(due), "due_at": _minute(due)}
    return _outgoing(
        wording,
        to,
        values,
        at=at,
        due=wording.due_accepted if accepted else wording.due,
        page=f"pages/case/detail?id={case_id}",
        case_id=case_id,
    )


def appointment_message(  # noqa: PLR0913 - likewise
    action: str,
    *,
    to: Applicant,
    appointment_id: UUID,
    number: str,
    at: datetime,
    item_name: str | None,
    office_name: str,
    starts_at: datetime,
    case_id: UUID | None = None,
    window: str = "",
) -> Outgoing:
    """Tell the resident of a booking, its change or its end at the moment `at`.

    `starts_at` is of the slot they now have, `window` the name of the unit whose window did it,
    which those actions need. Raise KeyError for an action nobody is told of.
    """
    wording = wordings()["appointment", action]
    values = {
        "item": item_name or NO_ITEM,
        "number": number,
        "office": office_name,
        "at": _minute(starts_at),
        "when": _appointed(starts_at),
        "window": window,
    }
    return _outgoing(
        wording,
        to,
        values,
        at=at,
        page=f"pages/appointment/detail?id={appointment_id}",
        urgent=starts_at < at + URGENT_BEFORE,
        case_id=case_id,
        appointment_id=appointment_id,
    )


def draft_message(
    action: str,
    *,
    resident_id: UUID,
    draft_id: UUID,
    item: tuple[str, str],
    ends: datetime,
    at: datetime,
) -> Outgoing:
    """Tell the account at the moment `at` of a draft of theirs, which `ends` then.

    `item` are its code and name. Raise KeyError for an action nobody is told of.
    """
    wording = wordings()["draft", action]
    code, name = item
    return _outgoing(
        wording,
        Resident(resident_id),
        {"item": name, "at": _minute(ends), "day": _day(ends)},
        at=at,
        page=f"pages/item/detail?code={code}&draft={draft_id}",
    )


def mandate_message(action: str, *, to: Applicant, at: datetime, window: str = "") -> Outgoing:
    """Tell one side of a mandate what the other did at the moment `at`; not who, nor for what.

    `window` is the name of the unit whose window did it, which those actions need. Raise KeyError
    for an action nobody is told of.
    """
    wording = wordings()["mandate", action]
    return _outgoing(wording, to, {"window": window}, at=at)


def family_message(action: str, *, to: Applicant, at: datetime) -> Outgoing:
    """Tell one side of a family copy what the other did, or that something goes on; not of what.

    Raise KeyError for an action nobody is told of.
    """
    return _outgoing(wordings()["family", action], to, {"at": _minute(at)}, at=at)


def staff_message(
    action: str,
    *,
    to: Recipient,
    case_id: UUID,
    number: str,
    item_name: str,
    at: datetime,
    due: date | None,
    by_staff_id: UUID | None = None,
) -> Outgoing:
    """Tell staff of a case that came to them at the moment `at`; who sent it is not told.

    `due` is when their unit must have acted. Raise KeyError for an action they are not told of.
    """
    wording = wordings()["staff", action]
    values = {"item": item_name, "number": number}
    if due is not None:
        values["due"] = _day(due)
    return _outgoing(
        wording, to, values, at=at, due=wording.due, case_id=case_id, by_staff_id=by_staff_id
    )


def tasks_message(
    action: str,
    *,
    to: Recipient,
    cases: Sequence[tuple[UUID, str, str]],
    at: datetime,
    by_staff_id: UUID | None = None,
) -> Outgoing:
    """Tell staff at once what became of tasks of theirs; `cases` are id, number and item's name.

    Raise KeyError for an action they are not told of.
    """
    wording = wordings()["tasks", action]
    case_id, number, item_name = cases[0]
    tasks = f"“{item_name}”（办件编号{number}）" + (f"等{len(cases)}件任务" if cases[1:] else "")
    return _outgoing(
        wording,
        to,
        {"tasks": tasks},
        at=at,
        case_id=None if cases[1:] else case_id,
        by_staff_id=by_staff_id,
    )


def absence_message(
    action: str,
    *,
    to: Recipient,
    days: tuple[date, date],
    at: datetime,
    by_staff_id: UUID | None,
) -> Outgoing:
    """Tell of an absence on these days, not whose: its deputy, who is away, or a supervisor.

    Raise KeyError for an action they are not told of.
    """
    wording = wordings()["absence", action]
    first, last = days
    values = {"from": _day(first), "to": _day(last)}
    return _outgoing(wording, to, values, at=at, by_staff_id=by_staff_id)


def _outgoing(  # noqa: PLR0913 - likewise
    wording: Wording,
    to: Recipient,
    values: Mapping[str, str],
    *,
    at: datetime,
    due: str = "",
    page: str = "",
    urgent: bool = True,
    case_id: UUID | None = None,
    appointment_id: UUID | None = None,
    by_staff_id: UUID | None = None,
) -> Outgoing:
    """The words filled in; `due` is the sentence for where there is a date.

    Over which channels it goes the table says; a resident's without any is dropped with its reason.
    Who has no account is reached over none. At night it waits, unless its kind is urgent and so is
    this one; and a moment by day, where it only informs.
    """
    text = wording.body + due if "due" in values else wording.body
    copy = dropped = held_until = None
    reached = not isinstance(to, Person)
    if reached and Channel.WECHAT in wording.told.over:
        data = words.filled(wording.fields, values)
        copy = Copy(template=wording.template, page=page, data=data)
        if isinstance(to, Resident) and not (urgent and wording.told.urgent):
            held_until = quiet.until(at, to.id) or _burst(wording.told.importance, at)
    elif reached and wording.told.to.resident:
        echo = wording.told.importance is Importance.ECHO
        dropped = DropReason.ECHO if echo else DropReason.INBOX_ONLY
    return Outgoing(
        to=to,
        at=at,
        kind=wording.kind,
        importance=wording.told.importance,
        wording=wording.version,
        title=wording.title,
        body=text.format_map(values),
        case_id=case_id,
        appointment_id=appointment_id,
        by_staff_id=by_staff_id,
        copy=copy,
        dropped=dropped,
        held_until=held_until,
        ends=wording.told.ends,
    )


def _burst(importance: Importance, at: datetime) -> datetime | None:
    """Until when it waits for what may follow at once, to go out as one; what matters does not."""
    seconds = settings().merge_seconds
    return at + timedelta(seconds=seconds) if importance is Importance.INFO and seconds else None


def _minute(moment: date) -> str:
    """Write the moment as WeChat's time fields take it; a day alone means until its end."""
    if isinstance(moment, datetime):
        return moment.astimezone(CITY_TIME).isoformat(" ", "minutes")[:16]
    return f"{moment.isoformat()} 23:59"


def _day(moment: date) -> str:
    if isinstance(moment, datetime):
        moment = moment.astimezone(CITY_TIME)
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _appointed(moment: datetime) -> str:
    local = moment.astimezone(CITY_TIME)
    weekday = WEEKDAYS[local.weekday()]
    return f"{local.month}月{local.day}日（周{weekday}）{local.hour:02}:{local.minute:02}"
