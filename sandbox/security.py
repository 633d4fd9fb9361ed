"""msg_sec_check, version 2: text judged by word lists (wechat.md 6)."""

import secrets
from typing import Any

from sandbox.endpoint import Call, Reply
from sandbox.state import State
from sandbox.wire import WeChatError, ok

SCENES = {1, 2, 3, 4}
VERSION = 2
CONTENT_MAX = 2500
NORMAL, ADS, CRIME = 100, 10001, 20006


async def msg_sec_check(state: State, call: Call) -> Reply:
    """Judge the text of somebody who opened the mini program lately."""
    _check(state, call.body)
    text = "\n".join(str(call.body.get(name, "")) for name in ("content", "title", "nickname"))
    suggest, label, word = _judged(state, text)
    model = {"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label}
    keyword: dict[str, Any] = {"strategy": "keyword", "errcode": 0, "suggest": suggest}
    keyword |= {"label": label, "level": 20, "keyword": word} if word else {"label": label}
    return ok(
        result={"suggest": suggest, "label": label},
        detail=[model | {"prob": 90}, keyword],
        trace_id=f"{int(state.now()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}",
    )


def _check(state: State, body: dict[str, Any]) -> None:
    version, scene, content = body.get("version"), body.get("scene"), body.get("content")
    if isinstance(version, bool) or version != VERSION:
        raise WeChatError(47001)
    if isinstance(scene, bool) or not isinstance(scene, int) or scene not in SCENES:
        raise WeChatError(40129)
    user = state.users.of_openid(body.get("openid"))
    if user is None:
        raise WeChatError(40003)
    if not isinstance(content, str) or len(content) > CONTENT_MAX:
        raise WeChatError(47001)
    if not content:
        raise WeChatError(44002)
    if state.now() - user.last_visit > state.options.visit_minutes * 60:
        raise WeChatError(61010)


def _judged(state: State, text: str) -> tuple[str, int, str]:
    for word in state.options.risky_words:
        if word in text:
            return "risky", CRIME, word
    for word in state.options.review_words:
        if word in text:
            return "review", ADS, word
    return "pass", NORMAL, ""
