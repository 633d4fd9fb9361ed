"""How WeChat writes its answers: errors inside HTTP 200, request ids, escaped slashes."""

import json
import secrets
from typing import Any

ERRMSG = {
    -1: "system error",
    40001: (
        "invalid credential, access_token is invalid or not latest, could get access_token by "
        "getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r"
    ),
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40014: "invalid access_token",
    40029: "invalid code",
    40037: "invalid template_id",
    40066: "invalid url",
    40097: "invalid args",
    40125: "invalid appsecret",
    40129: "invalid scene",
    40163: "code been used",
    40169: "invalid length for scene, or the data is not json string",
    40226: "code blocked",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41008: "missing code",
    41030: "invalid page",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43101: "user refuse to accept the msg",
    43107: "template banned",
    43108: "concurrent sends to the same user",
    44002: "empty post data",
    44991: "reach minute limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45168: "sensitive words",
    47001: "data format error",
    48006: "forbid to clear quota because of reaching the limit",
    61010: "code is expired",
    85096: "scancode_time is a reserved parameter",
}


class WeChatError(Exception):
    """A refusal as WeChat words it; `errmsg` without the request id, which the answer adds."""

    def __init__(self, errcode: int, errmsg: str = "") -> None:
        """Take the usual text of `errcode` unless another is given."""
        self.errcode = errcode
        self.errmsg = errmsg or ERRMSG[errcode]
        super().__init__(f"{errcode} {self.errmsg}")


def rid(now: float) -> str:
    """Make a request id; its first eight hex digits are the Unix time (wechat.md 0)."""
    return f"{int(now):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"


def refusal(path: str, error: WeChatError, now: float) -> dict[str, Any]:
    """Write an error; `/sns` puts a comma before the request id, the others do not."""
    comma = "," if path.startswith("/sns/") else ""
    return {"errcode": error.errcode, "errmsg": f"{error.errmsg}{comma} rid: {rid(now)}"}


def ok(**values: Any) -> dict[str, Any]:
    """Write a success that carries errcode 0; token and jscode2session carry none."""
    return {"errcode": 0, "errmsg": "ok", **values}


def render(payload: dict[str, Any], *, escape_slashes: bool) -> bytes:
    r"""Serialise with raw UTF-8, and with `\/` for `/` where WeChat does so."""
    raw = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return (raw.replace("/", "\\/") if escape_slashes else raw).encode(errors="replace")
