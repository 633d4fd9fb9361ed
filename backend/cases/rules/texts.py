"""The Chinese words for statuses and timeline entries, in plain sentences for the applicant."""

from typing import Protocol

from backend.cases.rules import enrol, request
from backend.cases.rules.lifecycle import INSIDE, Action
from backend.cases.rules.said import Public
from models import CaseStatus, Flow

STATUS: dict[CaseStatus, str] = {
    CaseStatus.DRAFT: "草稿",
    CaseStatus.SUBMITTED: "已提交",
    CaseStatus.SUPPLEMENT_REQUESTED: "待补正",
    CaseStatus.ACCEPTED: "已受理",
    CaseStatus.UNDER_REVIEW: "审查中",
    CaseStatus.SUSPENDED: "已中止",
    CaseStatus.APPROVED: "准予",
    CaseStatus.DENIED: "不予",
    CaseStatus.DELIVERED: "已送达",
    CaseStatus.CLOSED: "已办结",
    CaseStatus.DECLINED: "不予受理",
    CaseStatus.WITHDRAWN: "已撤回",
    CaseStatus.TERMINATED: "已终止",
    CaseStatus.DISPATCHED: request.STATUS[CaseStatus.DISPATCHED],
    CaseStatus.DONE: request.STATUS[CaseStatus.DONE],
    CaseStatus.ENROLLED: enrol.STATUS[CaseStatus.ENROLLED],
}
"""What each status is called where its flow has no word of its own."""


class Told(Protocol):
    """What the words need of an event."""

    @property
    def action(self) -> Action:
        """What was done."""

    @property
    def after(self) -> str:
        """The status that followed."""

    @property
    def public(self) -> Public:
        """What the applicant is told."""


METHODS = {"pickup": "自取", "post": "邮寄", "electronic": "电子送达"}
_TEXTS: dict[Action, str] = {
    Action.SUBMIT: "您已提交申请，由{unit}在规定期限内答复是否受理",
    Action.ACCEPT: "{unit}已受理",
    Action.DECLINE: "{unit}不予受理：{reason}",
    Action.REQUEST_SUPPLEMENT: "{unit}请您一次性补正材料",
    Action.SUPPLEMENT: "您已提交补正材料",
    Action.PASS: "上一环节已通过，转{unit}办理",
    Action.RETURN: "已退回{unit}重新办理",
    Action.DELIVER: "结果已送达（{method}）",
    Action.CLOSE: "办件已办结：{reason}",
    Action.HANDOVER: "办件已移交，由{unit}继续办理",
    Action.WITHDRAW: "您已撤回申请：{reason}",
}
AT_WINDOW = {
    Flow.APPROVAL: "{window}已代您提交申请，由{unit}在规定期限内答复是否受理",
    Flow.REQUEST: "{window}已代您提交，由{unit}在规定期限内答复是否受理",
    Flow.ENROL: "{window}已代您报名，由{unit}在规定期限内答复",
}
"""Instead of the sentence on submitting, of what a window filed, or an agent."""
AGENT = "您授权的代办人"
MANDATED = "{window}受理岗位依据您的授权"
"""What is called the unit that did something by the applicant's mandate."""
_AT_WINDOW = {
    Action.SUPPLEMENT: "{unit}已代您补正",
    Action.WITHDRAW: "{unit}已代您撤回：{reason}",
}
"""Instead of the sentences on these, where a window or an agent did it."""
_STATUS_OF: dict[Flow, dict[CaseStatus, str]] = {
    Flow.REQUEST: request.STATUS,
    Flow.ENROL: enrol.STATUS,
}
_TEXTS_OF: dict[Flow, dict[Action, str]] = {Flow.REQUEST: request.TEXTS, Flow.ENROL: enrol.TEXTS}
_AT_WINDOW_OF: dict[Flow, dict[Action, str]] = {
    Flow.REQUEST: request.AT_WINDOW,
    Flow.ENROL: enrol.AT_WINDOW,
}
_DECISIONS = {"approved": "{unit}作出准予决定", "denied": "{unit}作出不予决定：{reason}"}


def status_text(flow: Flow, status: CaseStatus) -> str:
    """What the flow calls the status."""
    return _STATUS_OF.get(flow, {}).get(status) or STATUS[status]


def timeline_text(flow: Flow, event: Told, unit_name: str, *, window: str | None = None) -> str:
    """One sentence on what happened, from the event and the name of its unit.

    `window` is the name of the one that filed the case, if one did, or AGENT.
    """
    public = event.public
    if public.get("by_mandate"):
        unit_name = MANDATED.format(window=unit_name)
    if public.get("by_agent"):
        unit_name = AGENT
    go_to = f"，请到{public['go_to']}办理" if public.get("go_to") else ""
    said = {
        "unit": unit_name,
        "window": window,
        "reason": (public.get("reason") or "").strip(),
        "result": public.get("result") or "",
        "method": METHODS[public["method"]] if "method" in public else "",
    }
    # Of what need not have a reason the colon before it goes, where none was given.
    at_window = window is not None and event.action is Action.SUBMIT
    pattern = AT_WINDOW[flow] if at_window else _pattern(flow, event)
    return pattern.format_map(said).rstrip("：") + go_to


def has_sentence(flow: Flow, action: Action) -> bool:
    """Whether the timeline can say that the action was done with a case of the flow."""
    return action is Action.DECIDE or action in _TEXTS_OF.get(flow, {}) or action in _TEXTS


def _pattern(flow: Flow, event: Told) -> str:
    if event.action in INSIDE:
        return INSIDE[event.action].text
    if event.public.get("at_window") or event.public.get("by_agent"):
        return _AT_WINDOW_OF.get(flow, {}).get(event.action) or _AT_WINDOW[event.action]
    if event.action is Action.DECIDE:
        return _DECISIONS[event.after]
    return _TEXTS_OF.get(flow, {}).get(event.action) or _TEXTS[event.action]
