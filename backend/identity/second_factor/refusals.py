"""What we refuse about the second factor."""

from backend.errors import Conflict, Forbidden, TooMany


class SecondFactorRequired(Forbidden):
    """请先输入动态验证码

    本次登录还没有验证动态验证码。请调用 POST /api/v1/staff/auth/second-factor 后再试。
    """


class SecondFactorMissing(Forbidden):
    """您的岗位须先启用动态验证码

    该岗位须启用动态验证码。请先调用 POST /api/v1/staff/me/second-factor 启用。
    """


class SecondFactorOff(Conflict):
    """本系统未开启动态验证码"""


class SecondFactorNotBegun(Conflict):
    """请先取得密钥，再确认动态验证码

    还没有取得新的密钥，或它已经确认。请先调用 POST /api/v1/staff/me/second-factor。
    """


class SecondFactorRefused(Forbidden):
    """验证码有误、已过期或已被使用

    动态验证码有误、已过期或已被使用，恢复码每个只能用一次。请等下一个动态验证码再试。
    """


class SecondFactorLocked(TooMany):
    """验证码连续输错，请稍后再试

    验证码连续输错五次，请按 Retry-After 等十五分钟后再试。
    """
