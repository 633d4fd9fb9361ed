"""What we ask WeChat to do: log a user in, tell a phone number, send, check a text, draw a code.

All raise WeChatError; its `reaction` says what to do next.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from config.settings import WECHAT_API, settings
from wechat import fields
from wechat.client import client
from wechat.errcodes import ARGUMENT_INVALID, PHONE_NUMBER, WeChatError, WeChatUnavailable

ENV_VERSIONS = {"developer": "develop", "trial": "trial", "formal": "release"}
SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
TEXT_LIMIT = 2500
TEXT_OVERLAP = 50  # a word across the border of two parts is whole in one of them


@dataclass(frozen=True)
class LoginIdentity:
    """Who logged in; `unionid` only where the mini-program belongs to an open-platform account."""

    openid: str
    unionid: str | None


@dataclass(frozen=True)
class PhoneNumber:
    """A number the user showed us: `number` without `country_code`, which is like "86"."""

    number: str
    country_code: str


class TextScene(IntEnum):
    """Where a checked text will stand (wechat.md 6)."""

    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    SOCIAL = 4


class Suggestion(StrEnum):
    """WeChat's advice on a text, from harmless to harmful."""

    PASS = "pass"  # noqa: S105 - WeChat's word
    REVIEW = "review"
    RISKY = "risky"


@dataclass(frozen=True)
class TextVerdict:
    """WeChat's advice, and its label for the reason (100 is harmless)."""

    suggestion: Suggestion
    label: int


async def code_to_session(code: str) -> LoginIdentity:
    """Exchange a wx.login code, valid five minutes and once; the session key is not kept."""
    answer = await client().wxa.code_to_session(code)
    unionid = answer.get("unionid") if isinstance(answer, dict) else None
    return LoginIdentity(_text(answer, "openid"), str(unionid) if unionid else None)


async def phone_number(openid: str, code: str) -> PhoneNumber:
    """Exchange the code of the getPhoneNumber button, which is another than wx.login's.

    WeChat refuses the code of another user than `openid`.
    """
    body = {"code": code, "openid": openid}
    answer = await client().post(WECHAT_API + PHONE_NUMBER, data=body)
    return PhoneNumber(
        _text(answer, "phone_info", "purePhoneNumber"), _text(answer, "phone_info", "countryCode")
    )


async def send_subscribe_message(
    openid: str, template_id: str, data: Mapping[str, str], *, page: str = ""
) -> str | None:
    """Send `data` (key → text, shortened to its type); give WeChat's msgid.

    A text that cannot be made to fit is refused here as WeChat would, with 47003. There is no
    idempotency key: after an `ambiguous` failure the message may have arrived.
    """
    body = {
        "touser": openid,
        "template_id": template_id,
        "data": {key: {"value": _fitted(key, value)} for key, value in data.items()},
        "miniprogram_state": settings().wechat_miniprogram_state,
        "lang": "zh_CN",
    }
    if page:
        body["page"] = page
    answer = await client().post(f"{WECHAT_API}/cgi-bin/message/subscribe/send", data=body)
    msgid = answer.get("msgid") if isinstance(answer, dict) else None
    return None if msgid is None else str(msgid)


def sends_permitted(wanted: int) -> int:
    """How many of so many messages would be sent now; 0 while WeChat is left alone."""
    return client().breaker.permits(wanted)


async def check_text(openid: str, content: str, scene: TextScene) -> TextVerdict:
    """Have a text judged, long ones in parts; the worst part counts.

    Errcode 61010 when the user has not opened the mini-program within two hours.
    """
    worst = TextVerdict(Suggestion.PASS, 100)
    for start in range(0, max(len(content) - TEXT_OVERLAP, 1), TEXT_LIMIT - TEXT_OVERLAP):
        verdict = await _check_part(openid, content[start : start + TEXT_LIMIT], scene)
        worst = max(worst, verdict, key=lambda each: list(Suggestion).index(each.suggestion))
    return worst


async def mini_program_code(scene: str, page: str, *, width: int = 430) -> bytes:
    """Draw the round code that opens `page` with `scene` (up to 32 plain characters), as an image.

    `page` has no leading slash and no query; `width` is in pixels, 280 to 1280.
    """
    if not SCENE.fullmatch(scene):
        raise ValueError("scene must be 1 to 32 of WeChat's plain characters")
    state = settings().wechat_miniprogram_state
    body = {
        "scene": scene,
        "page": page,
        "width": width,
        "env_version": ENV_VERSIONS[state],
        # Before its release a page exists in no released version.
        "check_path": state == "formal",
    }
    image = await client().post(f"{WECHAT_API}/wxa/getwxacodeunlimit", data=body)
    if not isinstance(image, bytes):
        raise WeChatUnavailable("no image in the answer", ambiguous=True)
    return image


async def _check_part(openid: str, content: str, scene: TextScene) -> TextVerdict:
    body = {"openid": openid, "scene": int(scene), "version": 2, "content": content}
    answer = await client().post(f"{WECHAT_API}/wxa/msg_sec_check", data=body)
    advice, label = _text(answer, "result", "suggest"), answer["result"].get("label")
    known = advice in set(Suggestion)
    # What we do not understand, a human shall look at.
    return TextVerdict(
        Suggestion(advice) if known else Suggestion.REVIEW, label if isinstance(label, int) else 0
    )


def _fitted(key: str, value: str) -> str:
    fitted = fields.fit(key, value)
    if fitted == fields.UNFIT:
        reason = fields.check(key, value)
        raise WeChatError(ARGUMENT_INVALID, f"data.{key}.value {reason}")
    return fitted


def _text(answer: Any, *path: str) -> str:
    for name in path:
        answer = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(answer, str) or not answer:
        raise WeChatUnavailable(f"no {path[-1]} in the answer", ambiguous=True)
    return answer
