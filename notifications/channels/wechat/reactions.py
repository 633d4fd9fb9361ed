"""What becomes of a delivery that WeChat refused: the reaction to each class of its errors."""

from datetime import datetime

from models import DeliveryStatus
from notifications.channels.attempts import (
    Claimed,
    CreditChange,
    Outcome,
    doubtful,
    not_sent,
    postponed,
)
from notifications.channels.waits import BY_REACTION
from wechat.errcodes import NotAsked, Reaction, WeChatError

REASONS: dict[Reaction, str] = {
    Reaction.RETRY: "微信系统繁忙",
    Reaction.REFRESH_TOKEN: "微信调用凭证失效",
    Reaction.WAIT_MINUTE: "微信每分钟发送额度已用完",
    Reaction.WAIT_DAY: "微信当日发送额度已用完",
    Reaction.SERIALISE: "同一用户的消息正在发送",
    Reaction.NO_CREDIT: "用户未订阅或订阅次数已用完",
    Reaction.NEW_CODE: "微信不接受这条消息",
    Reaction.BLOCKED: "微信限制了该用户",
    Reaction.PERMANENT: "微信不接受这条消息",
    Reaction.CONFIGURATION: "小程序配置有误，请运维人员检查",
}
REASONS_OF: dict[int, str] = {
    40003: "用户标识无效",
    40037: "消息模板不存在，请运维人员检查",
    41030: "消息跳转页面不存在，请运维人员检查",
    43107: "消息模板或订阅能力被封禁，请运维人员检查",
    45168: "消息含微信不允许的词语",
    47003: "消息内容不符合模板",
}


def refused(claimed: Claimed, error: WeChatError, *, at: datetime, doubt: float) -> Outcome:
    """WeChat's answer, or its absence, decides: again when, or given up for which reason."""
    if isinstance(error, NotAsked):
        return postponed(claimed, "微信暂时没有响应，稍后再发")
    if error.ambiguous:
        return doubtful(claimed, "没有收到微信的确定答复", doubt=doubt)
    reaction = error.reaction
    reason = REASONS_OF.get(error.errcode, REASONS[reaction])
    if error.field:
        reason += f"（{error.field}）"
    if reaction is Reaction.NO_CREDIT:
        return Outcome(
            id=claimed.id,
            attempt=claimed.attempt,
            status=DeliveryStatus.WAITING_CREDIT,
            reaction=reaction,
            errcode=error.errcode,
            error=reason,
            credit=CreditChange.VOID,
        )
    waiting = BY_REACTION.get(reaction)
    wait = waiting(claimed.attempt, at) if waiting else None
    return not_sent(claimed, reaction, wait=wait, at=at, error=reason, errcode=error.errcode)
