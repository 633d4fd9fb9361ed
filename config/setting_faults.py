"""What is wrong with a setting, in a sentence of Chinese and English that names its variable."""

import difflib
import os
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

PREFIX = "YIKOU_"


def variable(field: str) -> str:
    """The environment variable of a field."""
    return PREFIX + field.upper()


def unknown(fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    """A sentence for each variable that looks like a setting and is none."""
    known = [name.upper() for name in fields]
    for name in sorted(os.environ):
        if not name.upper().startswith(PREFIX):
            continue
        if (short := name.upper()[len(PREFIX) :]) in known:
            if name != name.upper():
                right = name.upper()
                yield f"{name} 须写作 {right} / must be written in capitals: {right}."
        else:
            near = difflib.get_close_matches(short, known, 1)
            yield (
                f"{name} 不是配置项，是否为 {PREFIX}{near[0]}？"
                f" / is no setting; did you mean {PREFIX}{near[0]}?"
                if near
                else f"{name} 不是配置项 / is no setting."
            )


def sentences(error: ValidationError, fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    """A sentence for each value that its field does not take."""
    for fault in error.errors(include_url=False):
        name = str(fault["loc"][0])
        yield f"{variable(name)} {_complaint(name, fault, fields[name])}."


def _complaint(name: str, fault: Any, field: FieldInfo) -> str:
    """What is wrong with the field; no field that holds a secret is quoted."""
    kind = fault["type"]
    if kind == "value_error":
        return str(fault["ctx"]["error"])
    if kind == "literal_error":
        expected = fault["ctx"]["expected"]
        offered = expected.replace(" or ", ", ").replace("'", "").replace(", ", "、")
        return f"须为 {offered} 之一 / must be {expected}, not {fault['input']!r}"
    if kind == "string_pattern_mismatch":
        return _SHAPES[name]
    bounds = {k: v for m in field.metadata for k, v in _bounds(m).items()}
    between = f"须为 {bounds['ge']} 至 {bounds['le']} 的整数"
    english = f"must be a whole number from {bounds['ge']} to {bounds['le']}"
    return f"{between} / {english}, not {fault['input']!r}"


def _bounds(bound: object) -> dict[str, Any]:
    return {name: getattr(bound, name) for name in ("ge", "le") if hasattr(bound, name)}


_SHAPES = {
    "wechat_appid": "须为 wx 加 16 位小写十六进制数字"
    " / must be 'wx' and 16 lower-case hexadecimal digits",
    "wechat_push_token": "须为 3 至 32 位字母和数字 / must be 3 to 32 letters and digits",
    "identity_token": "须为 1 至 512 个可见的 ASCII 字符"
    " / must be 1 to 512 visible ASCII characters",
    "sms_key_id": "须为 1 至 64 个可见的 ASCII 字符 / must be 1 to 64 visible ASCII characters",
    "sms_key_secret": "须为 1 至 64 个可见的 ASCII 字符 / must be 1 to 64 visible ASCII characters",
    "sms_sign": "须为 2 至 12 个字符，不含【】 / must be 2 to 12 characters, without 【】",
    "sms_template_act": "须为 SMS_ 加数字 / must be 'SMS_' and digits",
    "sms_template_result": "须为 SMS_ 加数字 / must be 'SMS_' and digits",
    "sms_report_token": "须为 1 至 64 位字母、数字、- 和 _"
    " / must be 1 to 64 letters, digits, '-' and '_'",
    "wecom_corp_id": "须为企业 ID / must be the corp id",
    "wecom_agent_id": "须为应用的数字编号 / must be the number of the app",
    "wecom_secret": "须为 1 至 128 个可见的 ASCII 字符 / must be 1 to 128 visible ASCII characters",
    "real_ip_header": "须为请求头的名称 / must be the name of a header",
}
