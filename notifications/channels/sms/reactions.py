"""What becomes of a delivery that Alibaba refused: the reaction to each of its codes."""

import logging
import random
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from config.outages import Spell
from notifications.channels import waits
from notifications.channels.attempts import Claimed, Outcome, doubtful, not_sent, postponed
from notifications.channels.sms.client import NotAsked, SmsError, SmsUnavailable


class Reaction(StrEnum):
    """What to do next; every code has exactly one."""

    RETRY = "retry"
    WAIT_MINUTE = "wait_minute"
    WAIT_HOUR = "wait_hour"
    WAIT_DAY = "wait_day"
    DOUBT = "doubt"  # it may have been sent: ask, then send again
    PERMANENT = "permanent"
    CONFIGURATION = "configuration"


LIMIT = "isv.BUSINESS_LIMIT_CONTROL"
REACTIONS: dict[str, Reaction] = {
    "isv.DAY_LIMIT_CONTROL": Reaction.WAIT_DAY,
    "isv.MONTH_LIMIT_CONTROL": Reaction.WAIT_DAY,
    "isp.SYSTEM_ERROR": Reaction.DOUBT,
    "ServiceUnavailable": Reaction.DOUBT,
    "InternalError": Reaction.DOUBT,
    "isv.MOBILE_NUMBER_ILLEGAL": Reaction.PERMANENT,
    "isv.MOBILE_COUNT_OVER_LIMIT": Reaction.PERMANENT,
    "isv.TEMPLATE_MISSING_PARAMETERS": Reaction.PERMANENT,
    "isv.TEMPLATE_PARAMS_ILLEGAL": Reaction.PERMANENT,
    "isv.INVALID_JSON_PARAM": Reaction.PERMANENT,
    "isv.INVALID_PARAMETERS": Reaction.PERMANENT,
    "isv.PARAM_LENGTH_LIMIT": Reaction.PERMANENT,
    "isv.PARAM_NOT_SUPPORT_URL": Reaction.PERMANENT,
    "isv.BLACK_KEY_CONTROL_LIMIT": Reaction.PERMANENT,
    "isv.SMS_CONTENT_ILLEGAL": Reaction.PERMANENT,
    "isp.RAM_PERMISSION_DENY": Reaction.CONFIGURATION,
    "isv.OUT_OF_SERVICE": Reaction.CONFIGURATION,
    "isv.AMOUNT_NOT_ENOUGH": Reaction.CONFIGURATION,
    "isv.PRODUCT_UN_SUBSCRIPT": Reaction.CONFIGURATION,
    "isv.SMS_TEMPLATE_ILLEGAL": Reaction.CONFIGURATION,
    "isv.SMS_SIGNATURE_ILLEGAL": Reaction.CONFIGURATION,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": Reaction.CONFIGURATION,
    "isv.SIGN_STATE_ILLEGAL": Reaction.CONFIGURATION,
    "isv.DENY_IP_RANGE": Reaction.CONFIGURATION,
    "SignatureDoesNotMatch": Reaction.CONFIGURATION,
    "InvalidTimeStamp.Expired": Reaction.CONFIGURATION,
    "SignatureNonceUsed": Reaction.RETRY,
}
_FAMILIES = {
    "Throttling": Reaction.WAIT_MINUTE,
    "isv.ACCOUNT_": Reaction.CONFIGURATION,
    "InvalidAccessKeyId": Reaction.CONFIGURATION,
}
# What the message of LIMIT says besides; of a rolling minute, hour or day.
_LIMITS = {"天级": Reaction.WAIT_DAY, "小时级": Reaction.WAIT_HOUR}
REASONS: dict[Reaction, str] = {
    Reaction.RETRY: "短信服务暂时不能发送",
    Reaction.WAIT_MINUTE: "短信发送过于频繁",
    Reaction.WAIT_HOUR: "短信发送过于频繁",
    Reaction.WAIT_DAY: "短信当日额度已用完",
    Reaction.PERMANENT: "短信服务不接受这条短信",
    Reaction.CONFIGURATION: "短信配置有误，请运维人员检查",
}
_TROUBLE = Spell("sms_refused", "sms_taken_again", level=logging.ERROR)


def reaction(error: SmsError) -> Reaction:
    """The class of its code; of one that is not known nothing was done, and it is worth a try."""
    if error.code == LIMIT:
        told = (each for words, each in _LIMITS.items() if words in error.told)
        return next(told, Reaction.WAIT_MINUTE)
    family = next((each for name, each in _FAMILIES.items() if error.code.startswith(name)), None)
    return family or REACTIONS.get(error.code, Reaction.RETRY)


def refused(claimed: Claimed, error: SmsError, *, at: datetime, doubt: float) -> Outcome:
    """Alibaba's answer, or its absence, decides: again when, or given up for which reason."""
    if isinstance(error, NotAsked):
        return postponed(claimed, "短信服务暂时没有响应，稍后再发")
    if isinstance(error, SmsUnavailable):
        found = Reaction.DOUBT if error.ambiguous else Reaction.RETRY
    else:
        found = reaction(error)
    if found is Reaction.DOUBT:
        return doubtful(claimed, "没有收到短信服务的确定答复", doubt=doubt)
    # LIMIT is of one number; the account's own limits are what an operator can raise.
    if found in {Reaction.CONFIGURATION, Reaction.WAIT_DAY} and error.code != LIMIT:
        _TROUBLE.failed(error.code)
    wait = WAITS[found](claimed.attempt, at) if found in WAITS else None
    return not_sent(claimed, found, wait=wait, at=at, error=f"{REASONS[found]}（{error.code}）")


def taken() -> None:
    """Alibaba took one: what an operator had to mend is mended."""
    _TROUBLE.worked()


def _rolling(seconds: float) -> Callable[[int, datetime], float]:
    return lambda _attempt, _at: seconds * random.uniform(1.0, 1.25)  # noqa: S311 - spreads the load


WAITS: dict[Reaction, Callable[[int, datetime], float]] = {
    Reaction.RETRY: waits.backoff,
    Reaction.WAIT_MINUTE: _rolling(60),
    Reaction.WAIT_HOUR: _rolling(3600),
    Reaction.WAIT_DAY: _rolling(86_400),
    Reaction.CONFIGURATION: waits.after_repair,
}
"""The classes worth another attempt, and in how many seconds."""
