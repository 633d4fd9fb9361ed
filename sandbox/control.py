"""What the control calls share: reading their JSON strictly, answering clearly."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox.faults import FaultError
from sandbox.options import OptionError
from sandbox.persons import PersonError
from sandbox.push import Pusher
from sandbox.state import State
from sandbox.users import User, UserError

STATE = web.AppKey("state", State)
PUSHER = web.AppKey("pusher", Pusher)
Body = dict[str, Any]
Kinds = type | tuple[type, ...]


class ControlError(ValueError):
    """A control call that cannot be done; the text says what to change."""


async def read_object(request: web.Request) -> Body:
    """Return the JSON object of the body; an empty body is an empty object."""
    try:
        body = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError):
        raise ControlError("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise ControlError("The body must be a JSON object.")
    return body


async def read(
    request: web.Request, *, needs: Mapping[str, Kinds], takes: Mapping[str, Kinds] | None = None
) -> Body:
    """Return the JSON object with the fields `needs`, perhaps `takes`, and no others."""
    body = await read_object(request)
    known = {**needs, **(takes or {})}
    for name in needs:
        if name not in body:
            raise ControlError(f"The field {name!r} is missing; this call takes {_names(known)}.")
    for name, value in body.items():
        if name not in known:
            raise ControlError(f"There is no field {name!r}; this call takes {_names(known)}.")
        _check(name, value, known[name])
    return body


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise ControlError unless the value is among those allowed."""
    if value not in allowed:
        raise ControlError(f"{name} is one of {', '.join(allowed)}, not {value!r}.")


def user_of(state: State, name: str) -> User:
    """Find a user by name or openid; raise ControlError for an unknown one."""
    user = state.users.find(name)
    if user is None:
        raise ControlError(f"There is no user {name!r}; POST /_control/codes creates one.")
    return user


def show(payload: object, status: int = 200) -> web.Response:
    """Answer in readable JSON."""
    text = json.dumps(payload, ensure_ascii=False, indent=1, default=_plain)
    body = (text + "\n").encode(errors="replace")
    return web.Response(body=body, status=status, content_type="application/json", charset="utf-8")


@web.middleware
async def explain(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turn what a control call cannot do into a JSON sentence with status 400, 404 or 405."""
    if not request.path.startswith("/_control"):
        return await handler(request)
    try:
        return await handler(request)
    except (ControlError, OptionError, FaultError, PersonError, UserError) as error:
        return show({"error": str(error)}, 400)
    except web.HTTPException as error:
        return show({"error": f"{error.reason}: {request.method} {request.path}"}, error.status)


def _check(name: str, value: object, kinds: Kinds) -> None:
    wanted = kinds if isinstance(kinds, tuple) else (kinds,)
    fits = isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool))
    if not fits or (isinstance(value, str) and not value):
        words = {str: "text", int: "number", float: "number", bool: "true or false"}
        allowed = " or ".join(dict.fromkeys(words.get(kind, kind.__name__) for kind in wanted))
        raise ControlError(f"{name!r} must be {allowed}, not {value!r}.")


def _names(fields: dict[str, Kinds]) -> str:
    return ", ".join(fields) or "none"


def _plain(value: object) -> object:
    if isinstance(value, set | tuple):
        return sorted(value)
    raise TypeError(type(value).__name__)
