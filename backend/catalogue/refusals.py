"""What we refuse about items, and about what somebody hands in for one."""

from collections.abc import Sequence

from backend.errors import Invalid, InvalidParam, NotFound


class ItemNotFound(NotFound):
    """没有找到这个事项

    没有这个事项，或已不再公布。
    """


class DepartmentNotFound(NotFound):
    """没有找到这个部门的事项

    没有这个部门，或其没有公布事项。请从 /api/v1/departments 选择。
    """


class ItemUnknown(Invalid):
    """没有这个事项，或事项已停止办理

    没有这个事项。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("item_code", self.code, self.sentence)])


class ItemBookedOnly(Invalid):
    """该事项直接预约，不用提交申请

    该事项的 flow 为 booking：请选择时段预约，并随预约填写表单。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("item_code", self.code, self.sentence)])


class FormInvalid(Invalid):
    """表单填写有误，请检查

    表单填写有误；invalid_params 逐栏说明，name 以 form. 开头；选项有误时 allowed 列出可用的值。
    """


class MaterialUnknown(Invalid):
    """材料有误，请检查

    该事项没有这份材料，或同一份材料的文件过多。
    """


class MaterialMissing(Invalid):
    """缺少材料：{names}

    缺少必交的材料；invalid_params 逐项列出。
    """

    example = {"names": "身份证、户口簿"}

    def __init__(self, names: Sequence[str], invalid_params: Sequence[InvalidParam]) -> None:
        said = self.sentence.format(names="、".join(names))
        super().__init__(said, invalid_params=invalid_params)


class ConditionUnmet(Invalid):
    """不符合办理条件：{conditions}

    申请不符合该事项的条件；invalid_params 逐条说明，name 是条件所看的栏目，与受理期间有关的是
    item_code。尚不知道的（如未填身份证号）不作判断。
    """

    example = {"conditions": "年满80周岁"}

    def __init__(self, texts: Sequence[str], invalid_params: Sequence[InvalidParam]) -> None:
        said = self.sentence.format(conditions="；".join(texts))
        super().__init__(said, invalid_params=invalid_params)
