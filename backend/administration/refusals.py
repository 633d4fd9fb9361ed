"""What we refuse an administrator."""

from backend.errors import Conflict, Forbidden, Invalid, InvalidParam, NotFound


class StaffNotFound(NotFound):
    """没有找到这位工作人员

    没有这位工作人员，或不在您管理的单位。
    """


class UnitNotFound(NotFound):
    """没有找到这个单位

    没有这个单位，或不在您管理的范围内。请从 /api/v1/staff/admin/units 选择。
    """


class ClosureNotFound(NotFound):
    """这个网点当天没有停办"""


class PostNotYours(Forbidden):
    """您不能授予或结束这个岗位

    管理岗位由上级单位的管理员授予和结束；也不能处理在其他单位另有岗位的人员的账号。
    """


class NotToYourself(Forbidden):
    """不能给自己授权

    不能给自己增加岗位、重发邀请码、启用账号或重置动态验证码。请由上级管理员办理。
    """


class LastAdmin(Conflict):
    """您是这个单位最后一位管理员，请先由上级任命另一位

    没有其他能登录的管理员管理这个单位。请先任命另一位管理员，再停用自己或结束自己的岗位。
    """


class NameKnown(Conflict):
    """已有同名的工作人员

    您管理的范围内已有同名的工作人员。确为另一人的，请将 another 设为 true。
    """


class ClosureDayRefused(Invalid):
    """停办日期须为今天起一年之内的一天"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("day", self.code, self.sentence)])
