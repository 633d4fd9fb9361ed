"""Login and phone codes: five minutes, one use, bound to a user and an app."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from sandbox.wire import WeChatError

LIFE_S = 300
CODES_MAX = 100_000
Kind = Literal["login", "phone"]


@dataclass
class Code:
    """A code handed to the mini program; `openid` is whose it is."""

    kind: Kind
    openid: str
    appid: str
    created: float
    used: bool = False


class Codes:
    """The codes given out lately; older ones are forgotten, which WeChat calls invalid."""

    def __init__(self) -> None:
        """Start with none."""
        self._codes: OrderedDict[str, Code] = OrderedDict()

    def issue(self, kind: Kind, openid: str, *, appid: str, now: float) -> str:
        """Hand out a code as wx.login (32 characters) or getPhoneNumber (64) would."""
        value = "0" + secrets.token_urlsafe(24)[:31] if kind == "login" else secrets.token_hex(32)
        self._codes[value] = Code(kind, openid, appid, now)
        if len(self._codes) > CODES_MAX:
            self._codes.popitem(last=False)
        return value

    def spend(self, value: object, kind: Kind, *, now: float) -> Code:
        """Use a code up; raise 40029, or 40163 where a login code was used within its life."""
        code = self._codes.get(value) if isinstance(value, str) else None
        if code is None or code.kind != kind or now - code.created > LIFE_S:
            raise WeChatError(40029)
        if code.used:
            raise WeChatError(40163 if kind == "login" else 40029)
        code.used = True
        return code
