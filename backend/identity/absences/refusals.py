"""What we refuse about absences."""

from backend.errors import Conflict, Invalid, InvalidParam, NotFound


class AbsenceNotFound(NotFound):
    """没有找到这次请假

    没有这次请假，或无权查看。
    """


class ColleagueNotFound(NotFound):
    """没有找到这位同事

    没有这位工作人员、账号已停用，或不在您督办的单位。
    """


class AbsenceDatesInvalid(Invalid):
    """请假日期有误：从今天或以后开始，结束不早于开始，最长一年"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("to", self.code, "日期有误")])


class AbsenceOverlaps(Conflict):
    """这段时间已登记过请假

    同一人的请假不能重叠。请改日期，或先结束已登记的那一次。
    """


class DeputyUnfit(Invalid):
    """代理人须是在同一单位有相同岗位的其他同事"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("deputy_id", self.code, "不能作代理人")])


class DeputyAway(Conflict):
    """代理人这段时间也请假，请另选代理人"""


class DeputyNeeded(Conflict):
    """这段时间正代理其他同事，不能同时请假

    代理不能再转给别人。请先由督办结束那一次请假并另定代理人。
    """
