"""Control calls that push by hand: any event, spoilt, repeated, reordered; the URL check."""

import secrets
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox import events
from sandbox.control import PUSHER, STATE, Body, ControlError, one_of, read, show, user_of
from sandbox.delivery import VARIANTS
from sandbox.events import Event
from sandbox.push import Outcome
from sandbox.state import State
from sandbox.users import User

COPIES_MAX = 10
FLAT: dict[str, tuple[str, dict[str, Any]]] = {
    "debug": ("debug_demo", {"debug_str": "hello world"}),
    "revoke": ("user_authorization_revoke", {"RevokeInfo": "8"}),
    "cancel": ("user_authorization_cancellation", {}),
    "modified": ("user_info_modified", {"RevokeInfo": "6"}),
    "punish": ("wxa_punish_event", {"punish_id": "1", "event_type": 1, "illegal_reason": "test"}),
}
KINDS = ("popup", "change", "sent", "event", *FLAT, "release", "url_check")
Fields = dict[str, Any]


async def push(request: web.Request) -> web.Response:
    """Push once per copy, without retries, and show how the server answered."""
    takes = {
        "user": str,
        "template_id": str,
        "result": str,
        "event": str,
        "fields": dict,
        "items": list,
        "variant": str,
        "copies": int,
        "order": str,
    }
    body = await read(request, needs={"kind": str}, takes=takes)
    kind, variant, copies = body["kind"], body.get("variant", "normal"), body.get("copies", 1)
    one_of("kind", kind, KINDS)
    one_of("variant", variant, VARIANTS)
    if not 1 <= copies <= COPIES_MAX:
        raise ControlError(f"'copies' is from 1 to {COPIES_MAX}, not {copies!r}.")
    if kind == "url_check":
        return await _check_url(request)
    waiting = _held(request, body) if kind == "release" else [_event(request.app[STATE], body)]
    pusher = request.app[PUSHER]
    outcomes = [await pusher.once(event, variant) for event in waiting for _ in range(copies)]
    return show({"outcomes": [_shown(outcome) for outcome in outcomes]})


async def list_pushes(request: web.Request) -> web.Response:
    """List the latest attempts, newest last."""
    return show({"items": list(request.app[PUSHER].outcomes)})


async def _check_url(request: web.Request) -> web.Response:
    echo = str(secrets.randbelow(10**18))
    outcome = await request.app[PUSHER].check_url(echo)
    return show({"outcomes": [_shown(outcome)], "echoed": outcome.text == echo})


def _held(request: web.Request, body: Body) -> list[Event]:
    held, order = request.app[PUSHER].held, body.get("order", "created")
    one_of("order", order, ("created", "reversed", "dropped"))
    waiting = [] if order == "dropped" else list(held)
    held.clear()
    return waiting[::-1] if order == "reversed" else waiting


def _event(state: State, body: Body) -> Event:
    if "user" not in body:
        raise ControlError(f"A push of kind {body['kind']!r} needs the field 'user'.")
    user = user_of(state, body["user"])
    if body["kind"] in BUILD:
        return BUILD[body["kind"]](state, user, body)
    given: Fields = body.get("fields", {})
    if body["kind"] == "event":
        if "event" not in body:
            raise ControlError("The field 'event', the event's name, is missing.")
        items = tuple(item for item in body.get("items", []) if isinstance(item, dict))
        return Event(body["event"], user.openid, int(state.now()), items, given)
    name, usual = FLAT[body["kind"]]
    # These come from the platform's own sender; the user stands in OpenID (wechat.md 5).
    whose = {} if body["kind"] == "debug" else {"OpenID": user.openid, "AppID": state.app.appid}
    flat = whose | usual | given
    return Event(name, user.openid if not whose else "platform", int(state.now()), (), flat)


def _popup(state: State, user: User, body: Body) -> Event:
    result = body.get("result", "accept")
    one_of("result", result, ("accept", "reject"))
    return events.popup(user, {_template(state, body): result}, state.now())


def _change(state: State, user: User, body: Body) -> Event:
    return events.change(user, [_template(state, body)], state.now())


def _sent(state: State, user: User, _: Body) -> Event:
    if not user.messages:
        raise ControlError(f"{user.name} has received no message yet.")
    return events.sent(user, user.messages[-1], state.options.sent_error_code)


def _template(state: State, body: Body) -> str:
    given = body.get("template_id", next(iter(state.app.templates)))
    one_of("template_id", given, tuple(state.app.templates))
    return str(given)


def _shown(outcome: Outcome) -> dict[str, Any]:
    return asdict(outcome) | {"accepted": outcome.accepted}


BUILD: dict[str, Callable[[State, User, Body], Event]] = {
    "popup": _popup,
    "change": _change,
    "sent": _sent,
}
