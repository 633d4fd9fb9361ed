"""Control calls that set the sandbox itself: faults, options, quotas, clock, reset."""

import dataclasses
from typing import Any

from aiohttp import web

from sandbox import clock, identity, options, sms, wecom
from sandbox.control import PUSHER, STATE, ControlError, Kinds, one_of, read, read_object, show
from sandbox.endpoint import Endpoint
from sandbox.endpoints import BY_PATH
from sandbox.faults import KINDS, SECONDS_DEFAULT, TIMES_MAX, Fault, Kind
from sandbox.state import State

ADVANCE_MAX_S = 400 * 86_400
SECONDS_MAX = 600
LIMIT_MAX = 10**9
# What a fault may call the servers beside WeChat's: where it is kept, and what can go wrong.
BESIDE: dict[str, tuple[str, tuple[Kind, ...]]] = {
    identity.PATH.strip("/"): (identity.PATH, identity.FAULTS),
    identity.NAME: (identity.PATH, identity.FAULTS),
    sms.NAME: (sms.NAME, sms.FAULTS),
    wecom.NAME: (wecom.NAME, wecom.FAULTS),
}


async def set_fault(request: web.Request) -> web.Response:
    """Spoil the next calls of a path."""
    state = request.app[STATE]
    takes: dict[str, Kinds] = {"times": int, "seconds": (int, float)}
    body = await read(request, needs={"path": str, "kind": str}, takes=takes)
    path, kind = _path(body["path"], body["kind"]), body["kind"]
    times = _within("times", body.get("times", 1), 1, TIMES_MAX)
    seconds = _within("seconds", body.get("seconds", SECONDS_DEFAULT), 0, SECONDS_MAX)
    state.faults.add(Fault(path, kind, int(times), seconds))
    return show({"items": state.faults.listed()})


async def list_faults(request: web.Request) -> web.Response:
    """List the faults still to strike."""
    return show({"items": request.app[STATE].faults.listed()})


async def clear_faults(request: web.Request) -> web.Response:
    """Drop all faults."""
    request.app[STATE].faults.clear()
    return show({"items": []})


async def set_options(request: web.Request) -> web.Response:
    """Set some options, all or none."""
    state = request.app[STATE]
    state.options = options.changed(state.options, await read_object(request))
    return show({"options": dataclasses.asdict(state.options)})


async def list_options(request: web.Request) -> web.Response:
    """List the options with their values and meanings."""
    return show({"items": options.described(request.app[STATE].options)})


async def set_quota(request: web.Request) -> web.Response:
    """Change what a path allows per minute and day; 0 is no limit."""
    state = request.app[STATE]
    takes = {"per_minute": int, "per_day": int}
    body = await read(request, needs={"path": str}, takes=takes)
    endpoint = _endpoint(body.pop("path"))
    for name, value in body.items():
        _within(name, value, 0, LIMIT_MAX)
    before = state.quota.changed.get(endpoint.path, endpoint.limits)
    changed = dataclasses.replace(before, **body)
    state.quota.changed[endpoint.path] = changed
    return show({"path": endpoint.path} | dataclasses.asdict(changed))


async def advance_clock(request: web.Request) -> web.Response:
    """Move the clock forward."""
    state = request.app[STATE]
    body = await read(request, needs={"advance_seconds": (int, float)})
    state.clock.advance(_within("advance_seconds", body["advance_seconds"], 0, ADVANCE_MAX_S))
    return show(_time(state))


async def show_clock(request: web.Request) -> web.Response:
    """Show the sandbox's time."""
    return show(_time(request.app[STATE]))


async def reset(request: web.Request) -> web.Response:
    """Forget everything: users, persons, messages, tokens, faults, options, the clock."""
    request.app[PUSHER].forget()
    request.app[STATE].reset()
    return show({"reset": True})


async def show_stats(request: web.Request) -> web.Response:
    """Count calls by path and errcode, tokens issued, pushes, faults that struck."""
    state, pusher = request.app[STATE], request.app[PUSHER]
    return show(
        {
            "calls": state.stats.calls,
            "tokens_issued": state.tokens.issued,
            "pushes": state.stats.pushes,
            "pushes_held": len(pusher.held),
            "faults": state.stats.faults,
            "users": len(state.users),
            "persons": len(state.persons),
            "messages": sum(len(user.messages) for user in state.users),
        }
    )


def _path(path: str, kind: str) -> str:
    """The path, if its calls can go wrong in this way."""
    if beside := BESIDE.get(path.strip("/")):
        name, kinds = beside
        one_of("kind", kind, kinds)
        return name
    endpoint = _endpoint(path)
    one_of("kind", kind, KINDS)
    if kind == "token_revoked" and endpoint.secret is not None:
        raise ControlError(f"{endpoint.path} takes no access_token, so none can be revoked.")
    if kind == "blocked" and endpoint.path != "/sns/jscode2session":
        raise ControlError("Only /sns/jscode2session can find a user blocked (40226).")
    return endpoint.path


def _endpoint(path: str) -> Endpoint:
    endpoint = BY_PATH.get("/" + path.lstrip("/"))
    if endpoint is None:
        known = f"{', '.join(BY_PATH)}; and for faults {', '.join(BESIDE)}"
        raise ControlError(f"There is no path {path!r}; known are {known}.")
    return endpoint


def _within(name: str, value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise ControlError(f"{name!r} is from {low} to {high}, not {value!r}.")
    return value


def _time(state: State) -> dict[str, Any]:
    now = state.now()
    return {"now": clock.text(now), "unix": int(now), "advanced_seconds": state.clock.offset}
