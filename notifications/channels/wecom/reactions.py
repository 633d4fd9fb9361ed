"""What becomes of a card that WeCom refused."""

from datetime import datetime

from notifications.channels.attempts import Claimed, Outcome, doubtful, not_sent, postponed
from notifications.channels.waits import BY_REACTION
from wechat.errcodes import NotAsked, Reaction, WeChatError

REASONS: dict[Reaction, str] = {
    Reaction.RETRY: "企业微信系统繁忙",
    Reaction.REFRESH_TOKEN: "企业微信调用凭证失效",
    Reaction.WAIT_MINUTE: "企业微信发送过于频繁",
    Reaction.SERIALISE: "企业微信并发过多",
    Reaction.CONFIGURATION: "企业微信配置有误，请运维人员检查",
}


def refused(claimed: Claimed, error: WeChatError, *, at: datetime, doubt: float) -> Outcome:
    """WeCom's answer, or its absence, decides: again when, or given up for which reason."""
    if isinstance(error, NotAsked):
        return postponed(claimed, "企业微信暂时没有响应，稍后再发")
    if error.ambiguous:
        return doubtful(claimed, "没有收到企业微信的确定答复", doubt=doubt)
    waiting = BY_REACTION.get(error.reaction)
    wait = waiting(claimed.attempt, at) if waiting else None
    return not_sent(
        claimed,
        error.reaction,
        wait=wait,
        at=at,
        error=REASONS.get(error.reaction, "企业微信不能发给此人"),
        errcode=error.errcode,
    )
