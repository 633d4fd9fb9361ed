"""What we refuse about a name and a number that somebody says are theirs."""

from backend.errors import Conflict, Invalid, TooMany, TryLater


class IdentityMismatch(Invalid):
    """姓名与身份证号码未能核验一致，请核对后再试

    姓名与身份证号码未能核验一致，也可能是查不到这个号码，两者不作区分。请居民对照身份证核对。
    """


class IdentityQuotaExceeded(TooMany):
    """核验次数已达上限，请明天再试，或持身份证到窗口办理

    24 小时内，该账号（共 10 次，对同一号码 5 次）或该身份证号码（各账号共 20 次）的
    核验次数已用完。
    请按 Retry-After 再试，或引导居民到窗口办理。
    """


class IdentityUnavailable(TryLater):
    """身份核验服务暂时不可用，请稍后再试

    身份核验服务暂时不可用，不表示核验不一致，也不计次数。
    请按 Retry-After 用同一个 Idempotency-Key 原样重试。
    """


class IdentityCheckMissing(Conflict):
    """本市尚未开通网上身份核验，请持身份证到窗口办理

    本市尚未接入身份核验服务，网上不能完成实名。重试无用，请引导居民持身份证到窗口办理。
    """
