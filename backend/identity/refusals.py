"""What we refuse about who somebody is: tokens, sessions, WeChat's codes, names, staff, posts."""

from backend.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidParam,
    NotFound,
    TryLater,
    Unauthenticated,
)


class TokenMissing(Unauthenticated):
    """请先登录

    没有带访问令牌。请先登录，再带上 Authorization 请求头。
    """


class TokenExpired(Unauthenticated):
    """登录已过期，请刷新

    访问令牌已过期。请用刷新令牌换一个新的，再重试原请求。
    """


class TokenInvalid(Unauthenticated):
    """登录凭证无效，请重新登录

    访问令牌无效，或不是这一端的令牌。请重新登录。
    """


class SessionEnded(Unauthenticated):
    """登录已失效，请重新登录

    会话已退出或被撤销。请重新登录。
    """


class SessionNotFound(NotFound):
    """没有这个会话，或它已经结束"""


class RefreshExpired(Unauthenticated):
    """登录已过期，请重新登录

    刷新令牌已过期。请重新登录。
    """


class RefreshInvalid(Unauthenticated):
    """登录凭证无效，请重新登录

    刷新令牌无效。请重新登录。
    """


class RefreshReused(Unauthenticated):
    """登录凭证被重复使用，为了安全请重新登录

    刷新令牌被用了第二次，该会话已全部失效。请重新登录。
    """


class WechatCodeInvalid(Unauthenticated):
    """微信凭证无效、已过期或已被使用，请重试

    微信给的 code 无效、已过期或已被使用。请重新取得 code 再试。
    """


class PhoneCodeInvalid(Invalid):
    """微信凭证无效、已过期或已被使用，请重试

    微信给的 code 无效、已过期或已被使用。请重新取得 code 再试。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("code", self.code, self.sentence)])


class WechatUserBlocked(Forbidden):
    """微信提示该账号存在风险，暂不能登录

    微信认为该账号有风险，暂不能登录。
    """


class WechatUnavailable(TryLater):
    """微信服务暂时不可用，请稍后再试

    微信服务暂时不可用。请按 Retry-After 稍后再试。
    """


class WecomOff(NotFound):
    """本系统没有接入企业微信

    本系统没有接入企业微信，不能绑定。
    """


class WecomCodeInvalid(Invalid):
    """企业微信凭证无效、已过期或已被使用，请重试

    企业微信给的 code 无效、已过期、已被使用，或不是本单位成员的。请重新取得 code 再试。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("code", self.code, self.sentence)])


class WecomAlreadyBound(Conflict):
    """这个企业微信成员已绑定其他工作人员

    一个企业微信成员只能绑定一位工作人员。
    """


class WecomUnavailable(TryLater):
    """企业微信暂时不可用，请稍后再试

    企业微信暂时不可用。请按 Retry-After 稍后再试。
    """


class AssuranceTooLow(Forbidden):
    """请先绑定手机号或完成实名认证

    办理该事项先要绑定手机号或完成实名。请引导居民补全后再提交。
    """


class RealNameFixed(Conflict):
    """已完成实名，不能更换身份证号码"""


class IdNumberInvalid(Invalid):
    """身份证号码有误，请核对

    身份证号码有误（长度、出生日期或校验位）。
    """


class NameInvalid(Invalid):
    """姓名有误"""


class PersonDiffers(Conflict):
    """该身份证号码已登记为另一姓名，请核对证件

    这个身份证号码已登记为另一姓名，与证件不一致。请核对号码和姓名；姓名确已变更的，以身份核验的结果为准。
    """


class InviteInvalid(Forbidden):
    """邀请码无效、已使用或已过期，请联系管理员

    邀请码无效、已使用或已过期。请联系管理员重新邀请。
    """


class AdminOnly(Forbidden):
    """只有管理员可以办理

    当前没有管理岗位，不能使用管理接口。
    """


class StaffNotActive(Forbidden):
    """该工作人员账号已停用"""


class StaffNotBound(Forbidden):
    """该微信未绑定工作人员，请使用邀请码绑定

    该微信未绑定工作人员。请用邀请码绑定。
    """


class StaffAlreadyBound(Conflict):
    """该微信已绑定其他工作人员"""


class StaffLeft(Conflict):
    """该工作人员已离任，回来的须重新邀请"""


class PostHeld(Conflict):
    """该工作人员已有这个岗位，或同一岗位写了两次"""


class PostsApart(Conflict):
    """管理岗位不能与其他岗位由同一人担任

    管理员不看办件：同一人不能既任管理岗位又任其他岗位。请先结束原来的岗位，或另设人员。
    """


class PostNotFound(NotFound):
    """该工作人员没有这个岗位"""


class UnitUnknown(Invalid):
    """没有单位 {unit}"""

    example = {"unit": "210102001001"}

    def __init__(self, unit: str) -> None:
        super().__init__(self.sentence.format(unit=unit))
        self.unit = unit
