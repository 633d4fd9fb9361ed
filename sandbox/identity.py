"""The stand-in of the city's identity service, strict about its contract (docs/identity.md)."""

import hmac
import json
import re
import secrets
import uuid
from functools import partial
from typing import Any

from aiohttp import web

from config.settings import settings
from sandbox import broken, clock
from sandbox.control import STATE, ControlError, read, show
from sandbox.faults import Kind
from sandbox.persons import PersonError
from sandbox.state import State

PATH = "/identity/v1/verify"
NAME = "identity"
"""What a fault may call the path."""
PROVIDER = "yikou-sandbox"
NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
NAME_MAX = 100
FIELDS = {"request_id", "level", "subject", "evidence", "purpose", "consent_ref"}
SUBJECT = {"name", "id_type", "id_number"}
DAY_S = 86_400
MINUTE_S = 60
# The status and the error that a fault answers.
ERRORS: dict[Kind, tuple[int, dict[str, Any]]] = {
    "busy": (503, {"class": "unavailable", "retry_after_s": 5, "provider_code": "-6"}),
    "minute_quota": (429, {"class": "quota_account", "retry_after_s": MINUTE_S}),
    "daily_quota": (429, {"class": "quota_subject", "retry_after_s": DAY_S, "provider_code": "-7"}),
}
FAULTS: tuple[Kind, ...] = (*ERRORS, "http_500", "slow", "reset_before", "reset_after")


class _Refused(Exception):
    """A call that is not of the contract."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(kind)
        self.status, self.kind = status, kind


async def verify(request: web.Request) -> web.StreamResponse:
    """Say whether name and number belong together, or go wrong as the faults say."""
    state = request.app[STATE]
    return await broken.answer(request, state, PATH, partial(_answer, request, state))


async def add_person(request: web.Request) -> web.Response:
    """Put somebody into the authority, or give somebody known a new name."""
    state = request.app[STATE]
    body = await read(request, needs={"name": str, "id_number": str})
    number = body["id_number"].strip().upper()
    if not NUMBER.fullmatch(number):
        raise ControlError("'id_number' has 17 digits and a digit or X.")
    if len(body["name"]) > NAME_MAX:
        raise ControlError(f"'name' has at most {NAME_MAX} characters.")
    person = state.persons.put(body["name"], number)
    state.keep_person(person)
    return show({"name": person.name, "id_number_masked": person.masked})


async def list_persons(request: web.Request) -> web.Response:
    """List whom the authority knows, without their numbers."""
    items = [{"name": p.name, "id_number_masked": p.masked} for p in request.app[STATE].persons]
    return show({"items": items})


async def _answer(request: web.Request, state: State, kind: Kind | None) -> web.Response:
    if kind in ERRORS:
        status, error = ERRORS[kind]
        state.stats.calls[PATH][error["class"]] += 1
        return _json({"error": error}, status)
    try:
        body = await _asked(request)
        result = _result(state, body["subject"])
    except _Refused as refused:
        state.stats.calls[PATH][refused.kind] += 1
        return _json({"error": {"class": refused.kind, "provider_code": None}}, refused.status)
    state.stats.calls[PATH][result] += 1
    return _json(
        {
            "request_id": body["request_id"],
            "result": result,
            "provider": PROVIDER,
            "provider_ref": secrets.token_hex(8),
            "checked_at": clock.text(state.now()),
            "billed": False,
        }
    )


async def _asked(request: web.Request) -> dict[str, Any]:
    """The body of a call that keeps to the contract in everything."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(token.encode(), settings().identity_token.encode()):
        raise _Refused(401, "config")
    if request.method != "POST" or request.content_type != "application/json":
        raise _Refused(500, "config")
    try:
        body = json.loads(await request.read())
        uuid.UUID(body["request_id"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise _Refused(500, "config") from None
    subject = body.get("subject")
    kept = set(body) == FIELDS and isinstance(subject, dict) and set(subject) == SUBJECT
    asked = (body.get("level"), body.get("evidence"), body.get("purpose"), body.get("consent_ref"))
    if not kept or asked != ("two_factor", None, "real_name", None):
        raise _Refused(500, "config")
    return dict(body)


def _result(state: State, subject: dict[str, Any]) -> str:
    name, number = subject["name"], subject["id_number"]
    sound = isinstance(name, str) and 0 < len(name) <= NAME_MAX and isinstance(number, str)
    if subject["id_type"] != "id_card" or not sound or not NUMBER.fullmatch(number):
        raise _Refused(400, "invalid_input")
    known = state.persons.find(number)
    if known is not None:
        return "match" if known.name == name else "mismatch"
    if state.options.identity == "strict":
        return "no_record"
    try:
        person = state.persons.put(name, number)
    except PersonError:
        raise _Refused(503, "unavailable") from None
    state.keep_person(person)
    return "match"


def _json(payload: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(payload, status=status)
