"""WeCom as its server answers (wechat.md 8.3): token, who a code is of, cards; faults on demand."""

import json
import secrets
from functools import partial
from typing import Any

from aiohttp import web

from config.published import SANDBOX_WECOM_AGENT_ID, SANDBOX_WECOM_CORP_ID, SANDBOX_WECOM_SECRET
from sandbox import broken, clock
from sandbox.control import STATE, ControlError, read, show
from sandbox.faults import Kind
from sandbox.state import State

NAME = "wecom"
"""What a fault calls it, and where its calls are counted."""
TOKEN, SEND, WHO = "/cgi-bin/gettoken", "/cgi-bin/message/send", "/cgi-bin/auth/getuserinfo"
LIFE_S = 7200
CODE_S = 300
PER_MINUTE = 30
OPENS_MINI_PROGRAM = 2
ERRCODES: dict[Kind, int] = {"busy": -1, "minute_quota": 45009}
FAULTS: tuple[Kind, ...] = (
    *ERRCODES,
    "http_500",
    "slow",
    "reset_before",
    "reset_after",
    "token_revoked",
)


class _RefusedError(Exception):
    def __init__(self, errcode: int) -> None:
        super().__init__(str(errcode))
        self.errcode = errcode


async def answer(request: web.Request) -> web.StreamResponse:
    """Answer a call, or break it as the faults say."""
    state = request.app[STATE]
    if request.path == TOKEN:
        return await _respond(request, state, None)
    return await broken.answer(request, state, NAME, partial(_respond, request, state))


async def issue_code(request: web.Request) -> web.Response:
    """Hand out the code that a page opened in WeCom is given."""
    state = request.app[STATE]
    body = await read(request, needs={"user": str})
    code = secrets.token_urlsafe(32)
    state.wecom.members.add(body["user"].lower())
    state.wecom.codes[code] = (body["user"], state.now())
    return show({"code": code})


async def list_cards(request: web.Request) -> web.Response:
    """List the cards of a member."""
    user = request.query.get("user", "").lower()
    if not user:
        raise ControlError("Say whose: ?user=clerk.")
    cards = request.app[STATE].wecom.cards
    return show({"items": [card["shown"] for card in cards if card["user"] == user]})


async def _respond(request: web.Request, state: State, kind: Kind | None) -> web.Response:
    if kind in ERRCODES:
        return _json(state, ERRCODES[kind])
    if kind == "token_revoked":
        state.wecom.token = ""
    try:
        if request.path == TOKEN:
            return _json(state, 0, **_token(state, request.query))
        _admit(state, request.query.get("access_token", ""))
        if request.path == WHO:
            return _json(state, 0, userid=_member(state, request.query.get("code", "")))
        return _json(state, 0, **_sent(state, await request.read()))
    except _RefusedError as refused:
        return _json(state, refused.errcode)


def _token(state: State, query: Any) -> dict[str, Any]:
    """The same token for whoever asks, while it is good."""
    corporation, now = state.wecom, state.now()
    if query.get("corpid") != SANDBOX_WECOM_CORP_ID:
        raise _RefusedError(40013)
    if query.get("corpsecret") != SANDBOX_WECOM_SECRET:
        raise _RefusedError(40001)
    if not corporation.token or corporation.dies_at <= now:
        corporation.token, corporation.dies_at = secrets.token_urlsafe(96), now + LIFE_S
    return {"access_token": corporation.token, "expires_in": int(corporation.dies_at - now)}


def _admit(state: State, token: str) -> None:
    if refusal := state.options.wecom_errcode:
        raise _RefusedError(refusal)
    if not token:
        raise _RefusedError(41001)
    if token != state.wecom.token:
        raise _RefusedError(40014)
    if state.wecom.dies_at <= state.now():
        raise _RefusedError(42001)


def _member(state: State, code: str) -> str:
    user, at = state.wecom.codes.pop(code, ("", 0.0))
    if not user or state.now() - at > CODE_S:
        raise _RefusedError(40029)
    return user


def _sent(state: State, raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
        user, agent = body["touser"].lower(), body["agentid"]
        card = body["template_card"]
        title, opens = card["main_title"]["title"], card["card_action"]
        sound = card["card_type"] == "text_notice" and body["msgtype"] == "template_card"
        sound = sound and opens["type"] == OPENS_MINI_PROGRAM and opens["appid"] == state.app.appid
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _RefusedError(40058) from None
    if agent != int(SANDBOX_WECOM_AGENT_ID):
        raise _RefusedError(40056)
    if not sound or not title or not opens.get("pagepath"):
        raise _RefusedError(40058)
    if user not in state.wecom.members:
        # One that is not there at all is still no error, unless there is no other.
        raise _RefusedError(81013)
    taken = {"msgid": secrets.token_hex(16), "invaliduser": ""}
    now = state.now()
    if body.get("enable_duplicate_check") == 1:
        until = state.wecom.seen.get(raw.hex(), 0.0)
        state.wecom.seen[raw.hex()] = now + body.get("duplicate_check_interval", 1800)
        if until > now:
            return taken
    lately = sum(1 for one in state.wecom.cards if one["user"] == user and one["at"] > now - 60)
    if lately < PER_MINUTE:  # what is beyond goes without a word
        shown = {
            "title": title,
            "text": card.get("sub_title_text", ""),
            "page": opens["pagepath"],
            "task_id": card.get("task_id", ""),
            "at": clock.text(now),
        }
        state.wecom.cards.append({"user": user, "at": now, "shown": shown})
    return taken


def _json(state: State, errcode: int, **more: object) -> web.Response:
    state.stats.calls[NAME][str(errcode)] += 1
    errmsg = "ok" if errcode == 0 else f"refused, hint: [{secrets.token_hex(8)}]"
    return web.json_response({"errcode": errcode, "errmsg": errmsg, **more})
