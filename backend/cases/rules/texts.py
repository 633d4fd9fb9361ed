"""The Chinese words for statuses and timeline entries, in plain sentences for the applicant."""

from backend.cases.rules.lifecycle import INSIDE, Action
from backend.cases.rules.said import Public
from models import CaseStatus

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
}
METHODS = {"pickup": "自取", "post": "邮寄", "electronic": "电子送达"}
_TEXTS: dict[str, str] = {
    Action.SUBMIT: "您已提交申请，{unit}将在5个工作日内答复是否受理",
    Action.ACCEPT: "{unit}已受理",
    Action.DECLINE: "{unit}不予受理：{reason}",
    Action.REQUEST_SUPPLEMENT: "{unit}请您一次性补正材料",
    Action.SUPPLEMENT: "您已提交补正材料",
    Action.PASS: "上一环节已通过，转{unit}办理",
    Action.RETURN: "已退回{unit}重新办理",
    Action.DELIVER: "结果已送达（{method}）",
    Action.CLOSE: "办件已办结",
    Action.WITHDRAW: "您已撤回申请",
}
_INSIDE = "{unit}的内部记录"
_DECISIONS = {"approved": "{unit}作出准予决定", "denied": "{unit}作出不予决定：{reason}"}


def timeline_text(action: str, unit_name: str, after: str, public: Public) -> str:
    """One sentence on what happened, from the event's action, unit, status and public details."""
    pattern = _DECISIONS[after] if action == Action.DECIDE else _pattern(action)
    go_to = f"，请到{public['go_to']}办理" if public.get("go_to") else ""
    method = METHODS[public["method"]] if "method" in public else ""
    reason = public.get("reason") or ""
    return pattern.format(unit=unit_name, reason=reason, method=method) + go_to


def _pattern(action: str) -> str:
    return _INSIDE if action in INSIDE else _TEXTS[action]
