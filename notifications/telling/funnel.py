"""The table of all messages: what is told to whom, how much it matters, and over which channels.

A new kind of message is one row here and one wording in `config/data/messages.yaml`; `yikou check`
refuses one without the other, and `yikou messages table` prints it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models import Channel, Flow, Importance, RecipientKind
from notifications.channels.order import ORDER

FILE = "notifications/telling/funnel.py"
ACT, RESULT, INFO, ECHO = Importance


class Who(StrEnum):
    """Who is told, as the table says it; the domain knows which inbox that is."""

    APPLICANT = "申请人"
    PRINCIPAL = "被代办人"
    BOOKER = "预约人"
    AGENT = "代办人"
    OTHER_SIDE = "授权的另一方"
    HOLDER = "承办单位"
    NEXT_ROLE = "本单位下一岗位"
    RECEIVER = "请求接收的单位"
    WINDOW = "收件的窗口"
    SENDER = "移交人和任务承办人"
    RELATIVE = "家人"
    ASSIGNEE = "任务承办人"
    DEPUTY = "代理人"
    AWAY = "请假人"
    SUPERVISOR = "督办"

    @property
    def resident(self) -> bool:
        """Whether it is a resident, whose messages may also travel over a channel."""
        return self in _RESIDENTS


_RESIDENTS = {Who.APPLICANT, Who.PRINCIPAL, Who.AGENT, Who.BOOKER, Who.OTHER_SIDE, Who.RELATIVE}


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of message: to whom, how much it matters, and over what besides the inbox.

    `over` are the channels in their order: the next where the one before did not deliver it. What
    is `urgent` goes out at night as well. What it `ends` are the classes of earlier messages of the
    same case or appointment that are of no use after it: their copies that wait are not sent.
    """

    to: Who
    importance: Importance
    over: tuple[Channel, ...]
    urgent: bool = False
    ends: frozenset[Importance] = frozenset()


_ENDS: Mapping[Importance, tuple[Importance, ...]] = {ECHO: (ACT, RESULT, INFO), RESULT: (ACT,)}
"""Whoever acted needs to be told of nothing before, and what has its result asks nothing more."""


def _resident(
    to: Who,
    importance: Importance,
    *,
    urgent: bool = False,
    ends: tuple[Importance, ...] | None = None,
) -> Row:
    """Own acts need no copy: who did it has just seen it, and credit is for what matters."""
    over = ORDER[RecipientKind.RESIDENT][importance]
    ended = _ENDS.get(importance, ()) if ends is None else ends
    return Row(to, importance, over, urgent, frozenset(ended))


def _acted(to: Who, *answered: Importance) -> Row:
    """What somebody else did for whoever is told: it answers these, as if they had."""
    return _resident(to, INFO, ends=answered)


def _inbox(to: Who, importance: Importance) -> Row:
    """Staff are told over WeCom, too, where they must act."""
    over = () if to.resident else ORDER[RecipientKind.STAFF][importance]
    return Row(to, importance, over)


_FILED = {
    "submit": _resident(Who.APPLICANT, ECHO),
    "submit_by_agent": _resident(Who.PRINCIPAL, INFO),
    "submit_at_window": _resident(Who.APPLICANT, INFO),
    "submit_by_unit": _resident(Who.PRINCIPAL, INFO),
    "decline": _resident(Who.APPLICANT, RESULT),
    "request_supplement": _resident(Who.APPLICANT, ACT),
    "supplement_due": _resident(Who.APPLICANT, ACT),
    "supplement": _resident(Who.APPLICANT, ECHO),
    "supplement_at_window": _acted(Who.APPLICANT, ACT),
    "supplement_by_unit": _acted(Who.PRINCIPAL, ACT),
    "supplement_by_agent": _acted(Who.PRINCIPAL, ACT),
    "pass": _resident(Who.APPLICANT, INFO),
    "return": _resident(Who.APPLICANT, INFO),
    "handover": _resident(Who.APPLICANT, INFO),
    "withdraw": _resident(Who.APPLICANT, ECHO),
    "withdraw_at_window": _acted(Who.APPLICANT, ACT),
    "withdraw_by_unit": _acted(Who.PRINCIPAL, ACT),
    "withdraw_by_agent": _acted(Who.PRINCIPAL, ACT),
    "revoke_paper": _resident(Who.APPLICANT, RESULT, ends=()),
}
TABLE: Mapping[str, Mapping[str, Row]] = {
    Flow.APPROVAL: _FILED
    | {
        "accept": _resident(Who.APPLICANT, INFO),
        "approve": _resident(Who.APPLICANT, RESULT),
        "deny": _resident(Who.APPLICANT, RESULT),
        "deliver": _resident(Who.APPLICANT, RESULT),
        "close": _resident(Who.APPLICANT, INFO),
    },
    Flow.REQUEST: _FILED
    | {
        "dispatch": _resident(Who.APPLICANT, INFO),
        "finish": _resident(Who.APPLICANT, RESULT),
        "confirm": _resident(Who.APPLICANT, ECHO),
        "confirm_at_window": _acted(Who.APPLICANT, ACT, RESULT),
        "confirm_by_unit": _acted(Who.PRINCIPAL, ACT, RESULT),
        "confirm_by_agent": _acted(Who.PRINCIPAL, ACT, RESULT),
        "reopen": _resident(Who.APPLICANT, ECHO),
        "reopen_at_window": _acted(Who.APPLICANT, ACT, RESULT),
        "reopen_by_unit": _acted(Who.PRINCIPAL, ACT, RESULT),
        "reopen_by_agent": _acted(Who.PRINCIPAL, ACT, RESULT),
        "close": _resident(Who.APPLICANT, RESULT),
    },
    Flow.ENROL: _FILED
    | {
        "enrol": _resident(Who.APPLICANT, RESULT),
        "close": _resident(Who.APPLICANT, INFO),
    },
    "appointment": {
        "book": _resident(Who.BOOKER, ECHO),
        "reschedule": _resident(Who.BOOKER, ECHO),
        "cancel": _resident(Who.BOOKER, ECHO),
        "book_at_window": _resident(Who.BOOKER, INFO),
        "reschedule_at_window": _acted(Who.BOOKER, ACT),
        "cancel_at_window": _acted(Who.BOOKER, ACT),
        "book_by_agent": _resident(Who.PRINCIPAL, INFO),
        "reschedule_by_agent": _acted(Who.PRINCIPAL, ACT),
        "cancel_by_agent": _acted(Who.PRINCIPAL, ACT),
        "close": _resident(Who.BOOKER, ACT, urgent=True, ends=(ACT, INFO)),
        "remind": _resident(Who.BOOKER, ACT),
        "remind_soon": _resident(Who.BOOKER, ACT, urgent=True, ends=(ACT,)),
    },
    "draft": {"expiring": _resident(Who.APPLICANT, ACT)},
    "family": {
        "accept": _inbox(Who.OTHER_SIDE, INFO),
        "end": _inbox(Who.OTHER_SIDE, INFO),
        "progress": _resident(Who.RELATIVE, INFO),
    },
    "mandate": {
        "accept": _inbox(Who.OTHER_SIDE, INFO),
        "revoke": _inbox(Who.OTHER_SIDE, INFO),
        "give_at_window": _inbox(Who.PRINCIPAL, INFO),
        "ward_at_window": _inbox(Who.PRINCIPAL, INFO),
        "hold_at_window": _inbox(Who.AGENT, INFO),
        "guard_at_window": _inbox(Who.AGENT, INFO),
        "revoke_at_window": _inbox(Who.OTHER_SIDE, INFO),
    },
    "staff": {
        "submit": _inbox(Who.HOLDER, ACT),
        "request_supplement": _inbox(Who.WINDOW, ACT),
        "supplement": _inbox(Who.HOLDER, ACT),
        "accept": _inbox(Who.NEXT_ROLE, ACT),
        "pass": _inbox(Who.HOLDER, ACT),
        "return": _inbox(Who.HOLDER, ACT),
        "dispatch": _inbox(Who.HOLDER, ACT),
        "reopen": _inbox(Who.HOLDER, ACT),
        "transfer": _inbox(Who.RECEIVER, ACT),
        "recall": _inbox(Who.RECEIVER, INFO),
        "handover": _inbox(Who.SENDER, INFO),
        "refuse_handover": _inbox(Who.SENDER, ACT),
        "unstaffed": _inbox(Who.SUPERVISOR, ACT),
    },
    "tasks": {
        "assign": _inbox(Who.ASSIGNEE, ACT),
        "unassign": _inbox(Who.ASSIGNEE, INFO),
        "acted_for": _inbox(Who.ASSIGNEE, INFO),
        "nearly_due": _inbox(Who.ASSIGNEE, ACT),
        "overdue": _inbox(Who.ASSIGNEE, ACT),
        "overdue_below": _inbox(Who.SUPERVISOR, ACT),
        "recuse": _inbox(Who.ASSIGNEE, INFO),
        "end_recusal": _inbox(Who.ASSIGNEE, INFO),
    },
    "absence": {
        "deputy": _inbox(Who.DEPUTY, ACT),
        "declare": _inbox(Who.AWAY, INFO),
        "deputy_gone": _inbox(Who.AWAY, ACT),
        "deputy_gone_below": _inbox(Who.SUPERVISOR, ACT),
    },
}
"""By subject and action, as `messages.yaml` has the words; each flow has rows of its own."""
FLOWS = tuple(str(flow) for flow in Flow if flow is not Flow.BOOKING)
"""The subjects with what applicants are told of cases."""
UNIT_ACTIONS = frozenset(action for action, row in TABLE["staff"].items() if row.to is Who.HOLDER)
"""What brings a case to a unit, whose role is told."""
