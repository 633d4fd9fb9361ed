"""What we refuse at a window."""

from collections.abc import Sequence

from backend.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidParam,
    NotFound,
    TooMany,
    TryLater,
)


class WindowMissing(Forbidden):
    """只有窗口的受理岗位可以这样办理

    只有窗口（社区、街道或部门）的受理岗位可以为到场的人办理。
    """


class WindowUnclear(Conflict):
    """您在多个窗口任职，请选择收件的窗口

    工作人员在多个单位有受理岗位。请随申请给出 unit_code，说明是哪个窗口收的件。
    """


class MandatePurposeMissing(Invalid):
    """请说明查看授权照片的用途

    授权不是在本窗口办理的，也不是授权给本单位的。请随请求给出 purpose，说明用途；授权人会看到。
    """


class PersonNotFound(NotFound):
    """没有找到这个人

    没有这个人。请先查找或登记，再用回答中的 id。
    """


class WindowChecksUsedUp(TooMany):
    """核验次数已达上限，请由同事登记，或请来人明天再来

    24 小时内，该工作人员（300 次）或核验服务对该身份证号码的核验次数已用完。
    请由同事登记，或按 Retry-After 再试。
    """


class PersonSearchUnclear(Invalid):
    """请用身份证号码、手机号，或姓名加出生日期查找

    查找方式有误：身份证号码、手机号、姓名加出生日期，三者须给出且只给出一种，并且完整。
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(invalid_params=[InvalidParam(field, self.code, reason)])


class FieldsUnknown(Invalid):
    """办件中没有这些脱敏的栏目

    只能查看脱敏的栏目：applicant.name、applicant.phone、applicant.id_number，到场代办人的
    agent.name、agent.phone、agent.id_number，以及表单中脱敏的栏目，如 form.bank_account.number。
    invalid_params 逐项列出。
    """

    def __init__(self, fields: list[str]) -> None:
        wrong = [InvalidParam(field, self.code, "没有这个脱敏的栏目") for field in fields]
        super().__init__(invalid_params=wrong)


class FieldNotNeeded(Forbidden):
    """这一目的或岗位不需要查看这些栏目

    每个目的只能查看所需要的栏目；收件窗口只能查看申请人和代办人的姓名和手机号。
    invalid_params 逐项列出。
    """

    def __init__(self, fields: list[str]) -> None:
        wrong = [InvalidParam(field, self.code, "不需要这一栏") for field in fields]
        super().__init__(invalid_params=wrong)


class ConsentFileMissing(Invalid):
    """请附上本人签名或书面同意的照片

    签名（signature）或书面（paper）同意须给出 consent.file_id；口头同意（oral）可以没有。
    """

    def __init__(self) -> None:
        wrong = InvalidParam("consent.file_id", self.code, self.sentence)
        super().__init__(invalid_params=[wrong])


class ConsentMandateUnclear(Invalid):
    """凭本单位的授权办理的，请给出是哪项授权

    consent.kind 为 mandate 时须给出 consent.mandate_id，其他方式不给。
    """

    def __init__(self) -> None:
        wrong = InvalidParam("consent.mandate_id", self.code, self.sentence)
        super().__init__(invalid_params=[wrong])


class AgentInvalid(Invalid):
    """代办人信息有误

    到窗口代办的人，姓名、身份证号码或手机号有误，或就是收件的工作人员本人；
    invalid_params 逐项说明。
    """


class PhoneInvalid(Invalid):
    """手机号有误，应为 11 位数字"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("phone", self.code, self.sentence)])


class BatchRowUnclear(Invalid):
    """这一行须给出 person 或 person_id，且只给出一个

    批量收件的每一行说明是谁：person（按证件登记）或 person_id（已查到的人），二者给一个。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("person", self.code, self.sentence)])


class BatchRowRepeated(Conflict):
    """与第 {row} 行是同一个人

    同一批中每人只能有一行；以前面的一行为准，本行没有提交。
    """

    example = {"row": 1}

    def __init__(self, row: int) -> None:
        super().__init__(self.sentence.format(row=row))


class BatchFileShared(Conflict):
    """与第 {row} 行用了同一份材料文件，请为每人分别上传

    材料提交后归申请人所有，一份文件只能属于一个人；以前面的一行为准，本行没有提交。
    """

    example = {"row": 1}

    def __init__(self, row: int) -> None:
        super().__init__(self.sentence.format(row=row))


class BatchRowsUnclear(Invalid):
    """请给出 rows 或 table，且只给出一个"""

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("rows", self.code, self.sentence)])


class BatchTableInvalid(Invalid):
    """表格无法读取

    表格不是该事项的 CSV 或 XLSX 表格，或行数过多；detail 说明原因。请从 batch-template 取得模板。
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, invalid_params=[InvalidParam("table", self.code, reason)])


class TablesBusy(TryLater):
    """正在处理的表格过多，请稍后再试

    等待读取的表格过多，或表格未能及时读完。请按 Retry-After 重试。
    """

    retry_after = 5


class FormulaInCell(Invalid):
    """这一行有公式，请改为值

    表格的这一行有公式；invalid_params 逐栏说明，name 是栏目方括号中的名称。
    请复制后“选择性粘贴”为值。
    """


class CellNotText(Invalid):
    """这一行有文本被存成了数字或日期，请设为文本后重新填写

    身份证号码、银行账号等存成数字后，开头的 0 和第 15 位以后的数字会丢失，因此不能使用。
    请把该列设为“文本”格式后重新填写；invalid_params 逐栏说明，name 是栏目方括号中的名称。
    """


class BatchRowInvalid(Invalid):
    """这一行填写有误，请检查

    表格的这一行有不能用的内容；invalid_params 逐栏说明，name 是栏目方括号中的名称。
    """

    @classmethod
    def of(cls, faults: Sequence[InvalidParam]) -> Invalid:
        """The refusal that says best what these faults of a row have in common."""
        codes = {fault.code for fault in faults}
        named = [each for each in (FormulaInCell, CellNotText) if each.code in codes]
        return [*named, cls][0](invalid_params=faults)
