"""The headers of answers: what each is, and with which answers it is sent."""

from typing import Any

from backend.http.answers import REPLAYED
from backend.http.keyed import Keyed
from backend.http.openapi.shapes import Schema
from backend.http.openapi.words import words
from backend.http.spec import Spec

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_ALWAYS = ("X-Request-ID", "X-Content-Type-Options", "Cache-Control")
_LIMITED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_LATER, _VERSION, _CHALLENGE, _METHODS = "Retry-After", "ETag", "WWW-Authenticate", "Allow"
SHAPES: dict[str, Schema] = {
    "X-Request-ID": _TEXT | {"pattern": "^[A-Za-z0-9_-]{8,64}$"},
    "X-Content-Type-Options": _TEXT | {"const": "nosniff"},
    "Cache-Control": _TEXT,
    **dict.fromkeys(_LIMITED, _COUNT),
    _LATER: _COUNT,
    _VERSION: _TEXT | {"pattern": '^"[0-9]+(-[a-z_]+)?"$'},
    REPLAYED: _TEXT | {"const": "true"},
    _CHALLENGE: _TEXT | {"const": "Bearer"},
    _METHODS: _TEXT,
    "Content-Disposition": _TEXT,
    "Vary": _TEXT,
    "Content-Security-Policy": _TEXT,
}
# Those that say how long to wait; others need not.
_WAITING = {409, 429, 503, 507}
_UNKNOWN_CALLER = 401


def components() -> dict[str, Any]:
    """Each header once, for `components/headers`; those of every answer are required."""
    return {
        name: {
            "description": words().headers[name].text,
            "required": name in _ALWAYS,
            "schema": shape,
            "example": words().headers[name].examples[0],
        }
        for name, shape in SHAPES.items()
    }


def of_success(spec: Spec) -> dict[str, Any]:
    """Those of the answer that the endpoint is there for, and of its 304."""
    version = (_VERSION,) if spec.etag else ()
    return _named(*_ALWAYS, *_limited(spec), *version, *_of_answers(spec))


def of_refusal(spec: Spec, status: int) -> dict[str, Any]:
    """Those of a refusal at this status, which may be one of the endpoint's own answers."""
    later = (_LATER,) if status in _WAITING else ()
    challenge = (_CHALLENGE,) if status == _UNKNOWN_CALLER else ()
    own = _of_answers(spec) if status in spec.also else ()
    return _named(*_ALWAYS, *_limited(spec), *later, *challenge, *own)


def before_any_endpoint() -> dict[str, Any]:
    """Those of what is refused before an endpoint is asked."""
    return _named(*_ALWAYS, _METHODS)


def _of_answers(spec: Spec) -> tuple[str, ...]:
    return ((REPLAYED,) if spec.keyed is not Keyed.NO else ()) + spec.sends


def _limited(spec: Spec) -> tuple[str, ...]:
    # Also where only those without a valid token are counted.
    guarded = spec.guard.audience is not None
    return _LIMITED if spec.limit is not None or guarded else ()


def _named(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
