"""What is wrong with an answer of a form, as a stable code and a sentence for its author."""

from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs

from backend.catalogue.formats import DECIMALS, NOT_BLANK
from backend.errors import InvalidParam

_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "是或否",
    "array": "列表",
    "object": "一组内容",
}
_FORMATS = {
    "date": ("date_invalid", "日期不存在，应为 YYYY-MM-DD"),
    "id-number": ("id_number_invalid", "身份证号码有误，请核对"),
    "credit-code": ("credit_code_invalid", "统一社会信用代码有误，请核对"),
}
_MOST_CHOICES = 8


def _types(schema: Any) -> tuple[str, str]:
    return "type", f"应为{_TYPES.get(str(schema.get('type')), '其他类型')}"


def _choices(schema: Any) -> tuple[str, str]:
    titles = [str(choice["title"]) for choice in schema.get("oneOf", ())]
    shown = "、".join(titles[:_MOST_CHOICES]) + ("等" if len(titles) > _MOST_CHOICES else "")
    return "enum", f"不在可选范围内，可选：{shown}" if shown else "不在可选范围内"


def _allowed(schema: Any) -> tuple[str, ...]:
    choices = schema.get("enum") or [choice["const"] for choice in schema.get("oneOf", ())]
    return tuple(map(str, choices))


def _pattern(schema: Any) -> tuple[str, str]:
    if schema.get("pattern") == NOT_BLANK:
        return "blank", "不能为空"
    return _FORMATS.get(schema.get("format"), ("pattern", "格式不正确"))


_SAY: dict[str, Callable[[Any], tuple[str, str]]] = {
    "type": _types,
    "oneOf": _choices,
    "enum": _choices,
    "const": lambda _: ("not_agreed", "需要确认同意后才能提交"),
    "format": _pattern,
    "pattern": _pattern,
    "minLength": lambda _: ("blank", "不能为空"),
    "maxLength": lambda schema: ("max_length", f"不能超过{schema['maxLength']}个字"),
    "minimum": lambda schema: ("minimum", f"不能小于{schema['minimum']}"),
    "maximum": lambda schema: ("maximum", f"不能大于{schema['maximum']}"),
    DECIMALS: lambda schema: ("decimals", f"最多{schema[DECIMALS]}位小数"),
    "minItems": lambda schema: ("min_items", f"至少填写{schema['minItems']}项"),
    "maxItems": lambda schema: ("max_items", f"最多填写{schema['maxItems']}项"),
    "uniqueItems": lambda _: ("duplicate", "有重复的项"),
}


def of(error: jsonschema_rs.ValidationError, form: dict[str, Any]) -> Iterator[InvalidParam]:
    """Say each fault of one error, under the dotted name of the answer it is about."""
    path = [str(part) for part in error.instance_path]
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        yield InvalidParam(".".join([*path, kind.property]), "required", "必填")
    elif isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        for name in kind.unexpected:
            yield InvalidParam(".".join([*path, name]), "unknown_field", "表单中没有这一项")
    else:
        schema = _schema_at(form, error.schema_path)
        code, reason = _SAY.get(kind.name, lambda _: ("invalid", "填写有误"))(schema)
        allowed = _allowed(schema) if code == "enum" else ()
        yield InvalidParam(".".join(path), code, reason, allowed)


def _schema_at(form: dict[str, Any], path: list[str | int]) -> dict[str, Any]:
    """The part of the schema that holds the keyword the path ends with."""
    node: Any = form
    for part in path[:-1]:
        node = node[part]
    return node if isinstance(node, dict) else {}
