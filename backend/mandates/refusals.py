"""What we refuse about mandates."""

from backend.errors import Conflict, Forbidden, Invalid, InvalidParam, NotFound


class MandateNotFound(NotFound):
    """没有这项授权

    没有这项授权，或既不是本人给出的，也不是本人持有的。
    """


class MandateAgentUnclear(Invalid):
    """请填写代办人，或选择一个单位，二者给且只给一个

    代办人（居民给手机号 agent_phone，由此人用授权码接受；窗口给 agent_id）和代办的单位
    （unit_code，窗口为 agent_unit_code）须给出且只给出一个。
    """

    def __init__(self, field: str = "agent_phone") -> None:
        super().__init__(invalid_params=[InvalidParam(field, self.code, self.sentence)])


class MandateUnitUnknown(Invalid):
    """没有这个单位，不能授权给它"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("unit_code", self.code, self.sentence)])


class MandateItemUnknown(Invalid):
    """授权的事项中有不存在或已停止办理的

    items 中有不存在或已停止办理的事项；invalid_params 逐个指出。
    """

    def __init__(self, places: list[int]) -> None:
        super().__init__(
            invalid_params=[
                InvalidParam(f"items.{place}", self.code, "没有这个事项，或事项已停止办理")
                for place in places
            ]
        )


class MandateUntilInvalid(Invalid):
    """授权的截止日期应在今天以后、一年以内

    授权最长一年：until 不得早于今天，也不得晚于一年后的今天。
    未成年人的监护到满 18 周岁的前一天为止。
    """

    def __init__(self, detail: str = "") -> None:
        wrong = InvalidParam("until", self.code, detail or self.sentence)
        super().__init__(detail, invalid_params=[wrong])


class MandateToOneself(Conflict):
    """不能授权给自己"""


class MandateSignerUnderage(Conflict):
    """未满 16 周岁的人不能签署授权书，请登记其监护人"""


class MandateAgentUnderage(Conflict):
    """未满 18 周岁的人不能代他人办理"""


class MandateAlreadyHeld(Conflict):
    """双方已有相同的授权，且截止日期不早于这一次，不用再登记

    同一授权人和代办人之间已有相同的授权：依据、事项和权限都相同，没有撤销，截止日期也不早于这一次。
    要延长的，填写更晚的截止日期。
    """


class GuardianProofUnfit(Invalid):
    """这种证明不能证明对这个人的监护

    登记监护（basis 为 guardian）须给出 proof，签署授权书的不给。成年人的监护须凭人民法院的
    裁判文书、指定监护人的文书或意定监护协议；未成年人的监护不能凭意定监护协议。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("proof", self.code, self.sentence)])


class GuardianshipEndsAtWindow(Forbidden):
    """监护不能由被监护人撤销，请到窗口办理"""


class OwnMandate(Forbidden):
    """不能为自己登记授权，请由同事办理

    工作人员不能登记自己为授权人或代办人的授权。
    """


class TooManyMandates(Conflict):
    """有效的授权已达上限，请先撤销不再需要的

    一个人同时有效（含等待接受）的授权至多 20 项。
    """


class MandateCodeRefused(Forbidden):
    """授权码有误或已失效，请向授权人核对，或请其重新授权

    授权码有误、已过期、已作废，或不是给本人手机号的；几种情形回答相同。一个码至多试五次，半小时内有效。
    """


class MandateMissing(Forbidden):
    """没有代他人办理的授权

    没有代他人办理的授权，或已被撤销。On-Behalf-Of 须是本人持有的授权，窗口的 mandate_id 须是本单位
    持有的；该接口不能代办的，去掉 On-Behalf-Of 后以本人名义办理。
    """


class MandateExpired(Forbidden):
    """授权已过期，请授权人重新授权"""


class MandateNotForItem(Forbidden):
    """授权不包括这个事项"""


class MandateRightMissing(Forbidden):
    """授权不包括这样办理

    授权的 rights 不包括这样办理：代填（fill）、提交（submit）、查看（read）各须单独授权。
    """
