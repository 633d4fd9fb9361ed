"""What we refuse about messages."""

from collections.abc import Iterable

from backend.errors import Conflict, Forbidden, Invalid, InvalidParam, NotFound


class MessageNotFound(NotFound):
    """没有找到这条消息

    没有这条消息，或不是本人的消息。
    """


class ReportAddressUnknown(NotFound):
    """没有这个回执地址

    短信状态报告的地址不正确，或本系统没有设置接收状态报告。
    """


class ReportsInvalid(Invalid):
    """状态报告无法识别

    内容不是短信状态报告的列表，或一次超过1000条。
    """


class TemplateUnknown(Invalid):
    """没有这个消息模板

    没有这个订阅消息模板。
    """

    def __init__(self, template_ids: Iterable[str]) -> None:
        super().__init__(
            invalid_params=[
                InvalidParam(f"results.{each}", self.code, self.sentence) for each in template_ids
            ]
        )


class KindNotMutable(Invalid):
    """需要您处理的消息不能关闭，以免错过期限

    muted 中有需要本人处理的消息（mutable 为 false），不能关闭；invalid_params 逐个
    指出，其他选择也没有保存。
    """

    def __init__(self, places: Iterable[int]) -> None:
        super().__init__(
            invalid_params=[
                InvalidParam(f"muted.{place}.kind", self.code, self.sentence) for place in places
            ]
        )


class PreferenceUnknown(Invalid):
    """没有这种消息，或这种消息不经这个渠道发送

    muted 中的 kind 和 channel 须是查看消息偏好时列出的；invalid_params 逐个指出。
    """

    def __init__(self, places: Iterable[int]) -> None:
        super().__init__(
            invalid_params=[
                InvalidParam(f"muted.{place}", self.code, self.sentence) for place in places
            ]
        )


class FamilyCopyNotFound(NotFound):
    """没有这项家人提醒

    没有这项家人提醒，或本人不是其中一方。
    """


class FamilyIsOneself(Conflict):
    """不能指定自己"""


class FamilyTooMany(Conflict):
    """最多指定 5 位家人，请先取消不再需要的

    一个账号最多指定 5 位家人，含等待同意的。
    """


class FamilyCodeRefused(Forbidden):
    """验证码有误或已失效，请向家人核对，或请其重新指定

    验证码有误、已过期、已作废，或不是给本人手机号的；几种情形回答相同。一个码至多试五次，半小时内有效。
    """
