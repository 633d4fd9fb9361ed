"""What we refuse about cases and tasks."""

from backend.errors import Conflict, Forbidden, Invalid, InvalidParam, NotFound, TooMany


class CaseNotFound(NotFound):
    """没有找到这个办件

    没有这个办件，或无权查看。
    """


class TaskNotFound(NotFound):
    """没有找到这个任务

    没有这个任务。
    """


class NotYourUnit(Forbidden):
    """该办件不在您的单位办理"""


class RoleMissing(Forbidden):
    """您的岗位不能办理这一步"""


class CaseAlreadyOpen(Conflict):
    """申请人已有一件相同事项正在办理，可在申请人的“我的办件”中查看

    相同事项已有一件正在办理，也可能由本人的另一账号提交。请引导居民到“我的办件”中查看。
    """


class SubjectMissing(Conflict):
    """申请人没有经过实名认证，窗口不能代为办理

    这件办件还没有对应到经核验的人，请申请人在小程序中自己办理，或先完成实名认证。
    """


class StepUnitUnknown(Conflict):
    """该环节的单位已不在册，请联系管理员

    该环节的单位已不在册，办件留在原处。请联系管理员把单位放回数据文件。
    """


class SupplementAlreadyRequested(Conflict):
    """本环节已一次性告知过，再次要求补正须说明理由

    本环节已一次性告知过。再次要求补正，须在 override_reason 中说明理由。
    """


class TaskTaken(Conflict):
    """该任务已由同事领取"""


class OwnCase(Forbidden):
    """这是您本人申请或代办的办件，依法应当回避，请由同事办理

    按办理人登录所用的微信账号认定。本单位没有其他人能办理的，请提交回避，督办会收到消息。
    """


class StaffRecused(Forbidden):
    """您已回避这件办件，不能办理"""


class RecusalNotFound(NotFound):
    """这件办件没有该工作人员的回避"""


class RecusalNotYours(Forbidden):
    """这次回避不是您申明的，请由申明人结束"""


class AssigneeRecused(Conflict):
    """这位同事须回避这件办件，请另选同事"""


class AssigneeUnknown(Invalid):
    """没有这位同事，或其账号已停用"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("staff_id", self.code, "没有这位同事")])


class AssigneeUnfit(Conflict):
    """这位同事在该单位没有办理这一步的岗位

    任务只能分派给在该单位任有相应岗位的同事。请另选同事，或先由管理员增加岗位。
    """


class TransferOpen(Conflict):
    """这件办件已在移交，等待对方单位接收

    一件办件同时只有一次移交。请等待对方接收或拒收，或先取消移交。
    """


class TransferNotOpen(Conflict):
    """这件办件没有等待接收的移交

    移交已被接收、拒收或取消，或者办件已由原单位继续办理。请刷新后再看。
    """


class ReceiverUnknown(Invalid):
    """没有这个单位，或该单位已撤销"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("unit_code", self.code, "没有这个单位")])


class ReceiverSame(Invalid):
    """办件已由该单位办理，不用移交"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("unit_code", self.code, "就是办理单位")])


class ReceiverUnfit(Invalid):
    """该单位不能办理这一环节

    只能移交给与当前环节同级、有权办理该事项、并有相应岗位人员的单位；invalid_params 说明原因。
    """

    def __init__(self, reason: str) -> None:
        super().__init__(invalid_params=[InvalidParam("unit_code", self.code, reason)])


class HandoverReasonRequired(Invalid):
    """拒收须说明理由"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("reason", self.code, "请写明拒收的理由")])


class CommunityRequired(Invalid):
    """请选择您所在的社区

    还不知道居民在哪个社区。请先选择社区，或随申请给出 community_code。
    """


class DefectUnanswered(Invalid):
    """补正通知中还有未补齐的内容

    补正通知中还有没补的内容；invalid_params 逐项列出。
    """


class DefectsInvalid(Invalid):
    """补正内容有误

    补正通知所列的材料或栏目有误；invalid_params 逐项说明。
    """


class ApplicantChanged(Conflict):
    """补正不能更换申请人，请撤回后由新的申请人重新申请

    补正的表单中，申请人的身份证号码须与原来的相同；姓名只在补正通知要求更正时可以改。
    """


class StepNotAhead(Invalid):
    """只能交办到当前或以后的环节

    to_step 须为当前环节或其后的环节，见事项的 route。
    """

    def __init__(self) -> None:
        super().__init__(
            invalid_params=[InvalidParam("to_step", self.code, "不是当前或以后的环节")]
        )


class PlacesTaken(Conflict):
    """名额已满

    本单位的名额都已录取。有人取消后可再录取，否则请告知申请人未能录取。
    """


class PickupOnly(Forbidden):
    """收件窗口只能交付自取的结果

    收件窗口只能由本人到窗口自取；邮寄和电子送达由办理单位进行。
    """


class CloseReasonRequired(Invalid):
    """申请人尚未确认，办结须说明理由

    诉求处理后由申请人确认。申请人没有确认而要办结的，须写明理由，并告知申请人。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("reason", self.code, "请写明办结的理由")])


class ReasonRequired(Invalid):
    """不予决定须说明理由

    不予通过必须写明理由。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("opinion", self.code, "请写明不予的理由")])


class SearchIncomplete(Invalid):
    """请输入完整的办件编号、身份证号或手机号

    只能按完整的办件编号、身份证号或手机号查找。
    """


class ItemNotKnown(Invalid):
    """没有这个事项，请核对事项编码"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("item", self.code, self.sentence)])


class UnitNotMine(Invalid):
    """只能查看本人所任岗位单位的待办，督办的可以查看其下各单位的"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("unit", self.code, self.sentence)])


class FilterNotFound(NotFound):
    """没有找到这个筛选条件

    没有这个筛选条件，或不是本人保存的。
    """


class FilterNameTaken(Conflict):
    """已有同名的筛选条件，请换一个名称"""


class FiltersTooMany(Conflict):
    """保存的筛选条件过多，请先删去不用的

    每人最多保存 20 个筛选条件。
    """


class FilterAlone(Invalid):
    """使用已保存的筛选条件时，不能再给其他条件"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("filter", self.code, self.sentence)])


class DatesReversed(Invalid):
    """起始日期不能晚于截止日期"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("from", self.code, self.sentence)])


class StepNotPassed(Invalid):
    """只能退回已经办过的环节"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("to_step", self.code, "不是已经办过的环节")])


class QueryLocked(TooMany):
    """查询出错次数过多，请稍后再试；本人可登录后在“我的办件”中查看

    编号或查询码一小时内错了太多次（同一地址对同一编号 5 次、对所有编号共 50 次，
    对同一编号不论地址共 20 次），查对的不计。请按 Retry-After 稍后再试，本人可登录后查看。
    """
