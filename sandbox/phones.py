"""Control calls that do what people do on their phones: log in, tap, read."""

import asyncio
from typing import Any

from aiohttp import web

from sandbox import clock, codes, events
from sandbox.control import (
    PUSHER,
    STATE,
    Body,
    ControlError,
    one_of,
    read,
    show,
    user_of,
)
from sandbox.events import Event
from sandbox.origins import admitted
from sandbox.state import State
from sandbox.templates import ONE_TIME
from sandbox.users import MESSAGES_MAX, User

POPUP_MAX = 5
FIRST_PUSH_S = 2.0
ALL_MAX = 1000
ACCEPTS = ("accept", "acceptWithAlert", "acceptWithAudio", "acceptWithForcePush")
RESULTS = (*ACCEPTS, "reject", "ban", "filter")
CREDITS_MAX = 1_000_000


async def issue_code(request: web.Request) -> web.Response:
    """Hand out what wx.login or getPhoneNumber would; `appid` makes it another app's code.

    The docs pages of the server that pushes go to may read the answer too.
    """
    state = request.app[STATE]
    body = await read(request, needs={"user": str}, takes={"kind": str, "appid": str})
    kind: codes.Kind = body.get("kind", "login")
    one_of("kind", kind, ("login", "phone"))
    user = state.users.ensure(body["user"])
    user.last_visit = state.now()
    state.keep(user)
    appid = body.get("appid", state.app.appid)
    code = state.codes.issue(kind, user.openid, appid=appid, now=state.now())
    answer = show({"code": code, "openid": user.openid})
    answer.headers["Vary"] = "Origin"
    origin = request.headers.get("Origin", "")
    if admitted(origin, state.options.push_url):
        answer.headers["Access-Control-Allow-Origin"] = origin
    return answer


async def subscribe(request: web.Request) -> web.Response:
    """Answer a subscription popup, or refuse in the settings; wait for the first push attempt."""
    state = request.app[STATE]
    takes = {"template_id": str, "result": str, "results": dict, "via": str}
    body = await read(request, needs={"user": str}, takes=takes)
    user, results = user_of(state, body["user"]), _results(state, body)
    via = body.get("via", "popup")
    one_of("via", via, ("popup", "settings"))
    event = _refuse(state, user, results) if via == "settings" else _tap(state, user, results)
    state.keep(user)
    pushed = "none"
    if event is not None:
        first = request.app[PUSHER].send(event)
        done, _ = await asyncio.wait({first}, timeout=FIRST_PUSH_S)
        pushed = first.result() if done else "pending"
    credit = {template_id: user.credits.get(template_id, 0) for template_id in results}
    answer = {"openid": user.openid, "results": results, "credits": credit, "push": pushed}
    return show(answer)


async def list_messages(request: web.Request) -> web.Response:
    """List what arrived on one phone, or on all, oldest first."""
    state, name = request.app[STATE], request.query.get("user", "")
    users = [user_of(state, name)] if name else list(state.users)
    items = [shown | {"user": user.name} for user in users for shown in _messages(state, user)]
    items.sort(key=lambda shown: shown["msgid"])
    return show({"items": items[-(MESSAGES_MAX if name else ALL_MAX) :]})


async def list_users(request: web.Request) -> web.Response:
    """List the users with their phones, flags and credits."""
    return show({"items": [_record(user) for user in request.app[STATE].users]})


async def show_user(request: web.Request) -> web.Response:
    """Show one user."""
    return show(_record(user_of(request.app[STATE], request.match_info["name"])))


async def change_user(request: web.Request) -> web.Response:
    """Set a user's flags, phone or credits; an unknown user is created."""
    state = request.app[STATE]
    takes = {"blocked": bool, "refuse": bool, "phone": str, "country_code": str, "credits": dict}
    body = await read(request, needs={}, takes=takes)
    for name in ("phone", "country_code"):
        if not body.get(name, "0").isdecimal():
            raise ControlError(f"{name!r} has digits only, not {body[name]!r}.")
    for template_id, count in body.get("credits", {}).items():
        _known(state, template_id)
        if not isinstance(count, int) or not 0 <= count <= CREDITS_MAX:
            raise ControlError(f"A credit is a number from 0 to {CREDITS_MAX}, not {count!r}.")
    user = state.users.ensure(request.match_info["name"])
    user.credits |= body.pop("credits", {})
    for name, value in body.items():
        setattr(user, name, value)
    state.keep(user)
    return show(_record(user))


def _results(state: State, body: Body) -> dict[str, str]:
    if ("results" in body) == ("template_id" in body or "result" in body):
        raise ControlError("Give either template_id and result, or results {template_id: result}.")
    if "results" not in body and not {"template_id", "result"} <= body.keys():
        raise ControlError("template_id and result belong together.")
    results: dict[str, str] = body.get("results") or {body["template_id"]: body["result"]}
    if len(results) > POPUP_MAX:
        raise ControlError(f"A popup asks for {POPUP_MAX} templates at most (20003).")
    for template_id, result in results.items():
        _known(state, template_id)
        one_of("result", result, RESULTS)
    if len({state.app.templates[template_id].type for template_id in results}) > 1:
        raise ControlError("One-time and long-term templates do not mix (20002).")
    return results


def _known(state: State, template_id: str) -> None:
    if template_id not in state.app.templates:
        known = ", ".join(state.app.templates)
        raise ControlError(f"There is no template {template_id!r} (20001); known are {known}.")


def _tap(state: State, user: User, results: dict[str, str]) -> Event | None:
    if user.refuse:
        raise ControlError(f"{user.name} has switched all messages off (20004).")
    user.last_visit = state.now()
    told: dict[str, str] = {}
    for template_id, result in results.items():
        if result in ACCEPTS:
            told[template_id] = "accept"
            if state.app.templates[template_id].type == ONE_TIME:
                user.credits[template_id] = user.credits.get(template_id, 0) + 1
            else:
                user.lasting.add(template_id)
        elif result == "reject":
            told[template_id] = "reject"
    return events.popup(user, told, state.now()) if told else None


def _refuse(state: State, user: User, results: dict[str, str]) -> Event:
    if set(results.values()) != {"reject"}:
        raise ControlError("In the settings one can only reject; accepting takes a popup.")
    for template_id in results:
        user.credits[template_id] = 0
        user.lasting.discard(template_id)
    return events.change(user, list(results), state.now())


def _messages(state: State, user: User) -> list[dict[str, Any]]:
    return [
        {
            "template_id": message.template_id,
            "title": state.app.templates[message.template_id].title,
            "data": message.data,
            "page": message.page,
            "at": clock.text(message.at),
            "msgid": message.msgid,
        }
        for message in user.messages
        if message.template_id in state.app.templates
    ]


def _record(user: User) -> dict[str, Any]:
    hidden = {"session_key"}
    shown = {name: value for name, value in user.record().items() if name not in hidden}
    return shown | {"messages": len(user.messages)}
