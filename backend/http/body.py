"""The only reader of request bodies and query strings."""

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from sanic import Request

from backend.errors import Invalid, InvalidParam, ServiceError


class Body(BaseModel):
    """A request body: unknown fields are refused, numbers and strings are not mixed up."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """A query string: unknown parameters are refused, numbers are read from text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Malformed(ServiceError):
    """The body is not JSON."""

    code = "json_malformed"
    title = "请求内容不是有效的 JSON"


B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)

_REASONS: dict[str, str] = {
    "missing": "必填",
    "extra_forbidden": "不认识的字段",
    "string_type": "应为文字",
    "string_too_long": "过长",
    "string_too_short": "过短",
    "string_pattern_mismatch": "格式不正确",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_parsing_size": "数字过大",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "too_long": "项目过多",
    "too_short": "项目过少",
    "uuid_parsing": "编号格式不正确",
    "uuid_type": "编号格式不正确",
    "date_from_datetime_parsing": "日期格式应为 YYYY-MM-DD",
    "date_parsing": "日期格式应为 YYYY-MM-DD",
    "enum": "不在可选范围内",
    "literal_error": "不在可选范围内",
    "less_than_equal": "数字过大",
    "greater_than_equal": "数字过小",
    "nul_character": "含有不允许的字符",
    "surrogate": "含有不允许的字符",
}


def parse(request: Request, model: type[B]) -> B:
    """The body that was read, as `model`; Malformed, or Invalid with a line for each field."""
    raw = request.body
    if b"\\u0000" in raw or b"\x00" in raw:
        raise Invalid(
            "内容含有不允许的字符",
            code="body_invalid",
            invalid_params=[InvalidParam("", "nul_character", _REASONS["nul_character"])],
        )
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        raise _refusal(
            error.errors(include_url=False, include_input=False), "body_invalid"
        ) from None


def parse_query(request: Request, model: type[Q]) -> Q:
    """The query string as `model`; the last of a repeated parameter counts; Invalid otherwise."""
    values: dict[str, Any] = {name: given[-1] for name, given in request.args.items()}
    if any("\x00" in value for value in values.values()):
        raise Invalid("查询条件含有不允许的字符", code="query_invalid")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise _refusal(details, "query_invalid") from None


def _refusal(details: list[ErrorDetails], code: str) -> ServiceError:
    if any(detail["type"] == "json_invalid" for detail in details):
        return Malformed()
    params = [
        InvalidParam(
            ".".join(str(part) for part in detail["loc"]),
            detail["type"],
            _REASONS.get(detail["type"], "填写有误"),
        )
        for detail in details[:20]
    ]
    return Invalid("有字段填写有误，请检查", code=code, invalid_params=params)
