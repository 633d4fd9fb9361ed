"""What pydantic complains of, in words for people: one table for requests and for data files."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import ErrorDetails, PydanticCustomError

Place = tuple[int | str, ...]

_SAY: dict[str, tuple[str, str]] = {
    "missing": ("必填", "must be given"),
    "missing_beside": ("须与 {beside} 同时给出", "must be given beside {beside}"),
    "extra_forbidden": ("不认识的字段", "there is no such key"),
    "model_type": ("应为对象", "must be a mapping of names to values"),
    "model_attributes_type": ("应为对象", "must be a mapping of names to values"),
    "dict_type": ("应为对象", "must be a mapping of names to values"),
    "list_type": ("应为列表", "must be a list"),
    "tuple_type": ("应为列表", "must be a list"),
    "string_type": ("应为文字", "must be text (put it in quotes)"),
    "string_too_long": (
        "过长，最多 {max_length} 个字",
        "must have {max_length} characters or fewer",
    ),
    "string_too_short": (
        "过短，至少 {min_length} 个字",
        "must have {min_length} characters or more",
    ),
    "string_pattern_mismatch": ("格式不正确", "must look like {pattern}"),
    "int_type": ("应为整数", "must be a whole number"),
    "int_parsing": ("应为整数", "must be a whole number"),
    "int_from_float": ("应为整数", "must be a whole number"),
    "int_parsing_size": ("数字过大", "must be a smaller number"),
    "float_type": ("应为数字", "must be a number"),
    "float_parsing": ("应为数字", "must be a number"),
    "finite_number": ("应为数字", "must be a number"),
    "text_or_bool": ("应为文字，或是、否", "must be text, or true or false"),
    "invalid_key": ("名称应为文字", "must be text as a name (put it in quotes)"),
    "bool_type": ("应为是或否", "must be true or false"),
    "bool_parsing": ("应为是或否", "must be true or false"),
    "too_long": ("项目过多，最多 {max_length} 项", "must have {max_length} entries or fewer"),
    "too_many_rows": ("一次最多 {most} 行，请分批", "must have {most} rows or fewer"),
    "too_short": ("项目过少，至少 {min_length} 项", "must have {min_length} entries or more"),
    "uuid_type": ("编号格式不正确", "must be a UUID"),
    "uuid_parsing": ("编号格式不正确", "must be a UUID"),
    "date_type": ("日期格式应为 YYYY-MM-DD", "must be a date, YYYY-MM-DD"),
    "date_parsing": ("日期格式应为 YYYY-MM-DD", "must be a date, YYYY-MM-DD"),
    "date_from_datetime_parsing": ("日期格式应为 YYYY-MM-DD", "must be a date, YYYY-MM-DD"),
    "date_from_datetime_inexact": ("日期格式应为 YYYY-MM-DD", "must be a date, YYYY-MM-DD"),
    "enum": ("不在可选范围内", "must be {expected}"),
    "literal_error": ("不在可选范围内", "must be {expected}"),
    "greater_than_equal": ("超出允许的范围，不能小于 {ge}", "must not be less than {ge}"),
    "less_than_equal": ("超出允许的范围，不能大于 {le}", "must not be more than {le}"),
    "greater_than": ("超出允许的范围，须大于 {gt}", "must be more than {gt}"),
    "less_than": ("超出允许的范围，须小于 {lt}", "must be less than {lt}"),
    "character_refused": (
        "含有控制字符或看不见的字符，请删去后重试",
        "holds characters that cannot be seen",
    ),
    "number_too_fine": ("数字位数过多，请减少", "must have fewer digits"),
    "blank": ("不能为空", "must not be empty"),
    "one_line": ("不能换行或含制表符", "must be on one line, without tabs"),
    "english": (
        "应为英文，用半角字符，词间一个空格",
        "must be English: ASCII characters, one blank between words",
    ),
    "repeated": ("只能给出一次", "must be given once"),
    "twice": ("{value} 重复", "{value} is given twice"),
    "surrogate": ("含有不允许的字符", "holds characters that are not allowed"),
}
UNKNOWN = ("填写有误", "cannot be taken")
EMPTY = "是空的 / is empty"
_UNKNOWN_KEY = {"extra_forbidden", "invalid_key"}
# How pydantic quotes the values of a list, which are names without quotes of their own.
_QUOTED = re.compile(r"'([^']*)'")


def lacking(name: str, *, beside: str) -> PydanticCustomError:
    """What a model's validator raises where `beside` is given and the field `name` is not."""
    return PydanticCustomError("missing_beside", "", {"field": name, "beside": beside})


def _text_or_bool(given: object, take: ValidatorFunctionWrapHandler) -> object:
    try:
        return take(given)
    except ValidationError:
        raise PydanticCustomError("text_or_bool", "") from None


TEXT_OR_BOOL = WrapValidator(_text_or_bool)
"""One complaint of what is neither, where pydantic has one for each."""


def chinese(kind: str, ctx: Mapping[str, Any] | None = None) -> str:
    """The complaint of pydantic's error type as a resident may read it: no pattern is quoted."""
    return _SAY.get(kind, UNKNOWN)[0].format_map(ctx or {})


def allowed(ctx: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """The values that would be taken, where pydantic's error says them: of an enum or literal."""
    return tuple(_QUOTED.findall((ctx or {}).get("expected", "")))


def both(fault: ErrorDetails) -> str:
    """The complaint in Chinese and English, with what a writer of data files needs to know.

    A ValueError of a validator of ours is taken at its word.
    """
    kind, ctx = fault["type"], fault.get("ctx", {})
    if kind == "value_error":
        return str(ctx["error"])
    said, english = (text.format_map(ctx) for text in _SAY.get(kind, UNKNOWN))
    if "expected" in ctx:
        said = f"{said}，可选 {ctx['expected'].replace(' or ', ', ').replace(', ', '、')}"
    elif "pattern" in ctx:
        said = f"{said}，须符合 {ctx['pattern']}"
    return f"{said} / {english}"


def each(faults: Sequence[ErrorDetails]) -> Iterator[tuple[ErrorDetails, str]]:
    """Each fault of a row with what is said of it, as `both` says it.

    A key that is there but not known, and like one that is known but not there, or the only one
    of either kind, is misspelt: that is one fault. So is a mapping with nothing in it.
    """
    meant = _meant(faults)
    rights, empty = {*meant.values()}, set[Place]()
    for fault in faults:
        above = fault["loc"][:-1]
        if right := meant.get(fault["loc"]):
            name = right[-1]
            yield (
                fault,
                f"不认识的字段，是否为 {name}？ / there is no such key; did you mean {name}?",
            )
        elif fault["type"] != "missing" or fault["input"] != {}:
            if fault["loc"] not in rights:
                yield fault, both(fault)
        elif above not in empty:
            empty.add(above)
            yield {**fault, "loc": above}, EMPTY


def _meant(faults: Sequence[ErrorDetails]) -> dict[Place, Place]:
    """For each misspelt key the one that is missing."""
    missing = [fault["loc"] for fault in faults if fault["type"] == "missing"]
    unknown = [fault["loc"] for fault in faults if fault["type"] in _UNKNOWN_KEY]
    meant: dict[Place, Place] = {}
    for *above, key in unknown:
        names = [str(last) for *place, last in missing if place == above]
        near = difflib.get_close_matches(str(key), names, 1)
        if len(names) == 1 and [place for *place, _ in unknown].count(above) == 1:
            near = names
        if near:
            meant[(*above, key)] = (*above, near[0])
    return meant


def place(fault: ErrorDetails, *, top: str = "") -> str:
    """The dotted name of what is complained of; `top` for the whole, quotes for an empty name."""
    parts = [str(part) or '""' for part in fault["loc"]]
    if "field" in fault.get("ctx", {}):
        parts.append(str(fault["ctx"]["field"]))
    return ".".join(parts) or top
