"""Errors as `application/problem+json` (RFC 9457), with a stable code and Chinese words."""

from http import HTTPStatus
from typing import Any, NotRequired, cast

from sanic import Request
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse
from structlog import get_logger
from typing_extensions import TypedDict

from backend.cases.reading.changes import ChangeSince
from backend.errors import Full, InvalidParam, ServiceError, TooMany, TryLater
from backend.http import limits, outage
from backend.http.answers import Response
from backend.http.refusals import (
    BadRequest,
    BodyTooLarge,
    DatabaseUnavailable,
    ExpectationFailed,
    HeadersTooLarge,
    InternalError,
    MethodNotAllowed,
    OfProtocol,
    RangeNotSatisfiable,
    RequestTimeout,
    RouteNotFound,
    UrlTooLong,
)
from backend.idempotency.refusals import IdempotencyKeyInFlight
from backend.refusals import StorageFull, Unavailable
from config import encoding
from config.outages import is_full, is_lock_wait, is_outage

log = get_logger()

STATUS: dict[str, int] = {
    "bad_request": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "stale": 412,
    "too_large": 413,
    "unsupported_type": 415,
    "invalid": 422,
    "too_many": 429,
    "unavailable": 503,
    "full": 507,
}
_LATER = (TryLater, Full, IdempotencyKeyInFlight)
HEAD_BYTES = 8192
"""Of a request's line and headers together, as Sanic's own default."""


def status_of(refusal: type[ServiceError]) -> int:
    """The HTTP status of a refusal: its kind's, or its own."""
    return refusal.status if issubclass(refusal, OfProtocol) else STATUS[refusal.kind]


FRAMEWORK: dict[int, type[ServiceError]] = {
    status_of(refusal): refusal
    for refusal in (
        BadRequest,
        RouteNotFound,
        MethodNotAllowed,
        RequestTimeout,
        BodyTooLarge,
        UrlTooLong,
        RangeNotSatisfiable,
        ExpectationFailed,
        HeadersTooLarge,
        Unavailable,
    )
}
"""What Sanic itself refuses, by its status."""


class ProblemParam(TypedDict):
    """One field that could not be taken; `allowed` is there where it is a list of values."""

    name: str
    code: str
    reason: str
    allowed: NotRequired[list[str]]


class Problem(TypedDict):
    """RFC 9457 problem; `code` is stable, `title` and `detail` are Chinese."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    invalid_params: NotRequired[list[ProblemParam]]
    stored: NotRequired[dict[str, Any]]
    changes: NotRequired[list[ChangeSince]]


def document(error: ServiceError, *, instance: str) -> Problem:
    """The problem that a refusal of ours is; `instance` is the id of the request."""
    status = status_of(type(error))
    body = _document(status, error.code, error.title, error.detail, instance=instance)
    if error.invalid_params:
        body["invalid_params"] = [_param(param) for param in error.invalid_params]
    if error.stored is not None:
        body["stored"] = dict(error.stored)
    if error.changes is not None:
        body["changes"] = [cast("ChangeSince", change) for change in error.changes]
    return body


def _document(status: int, code: str, title: str, detail: str, *, instance: str) -> Problem:
    return {
        "type": f"/docs/problems#{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": f"urn:request:{instance}",
        "code": code,
    }


def _response(body: Problem) -> HTTPResponse:
    return Response(
        encoding.dumps(body),
        body["status"],
        {"Cache-Control": "no-store"},
        "application/problem+json",
    )


def _param(refused: InvalidParam) -> ProblemParam:
    shown: ProblemParam = {"name": refused.name, "code": refused.code, "reason": refused.reason}
    if refused.allowed:
        shown["allowed"] = list(refused.allowed)
    return shown


def refusal(error: ServiceError, *, instance: str) -> HTTPResponse:
    """The response to a refusal of ours."""
    if isinstance(error, StorageFull):
        outage.full(error.__cause__)
    body = document(error, instance=instance)
    response = _response(body)
    if isinstance(error, TooMany):
        told = limits.headers(error.most, left=0, seconds=error.retry_after or 0)
        response.headers.update(told)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if body["status"] == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _instance(request: Request) -> str:
    return str(getattr(request.ctx, "request_id", request.id))


def framework_refusal(request: Request, error: SanicException) -> HTTPResponse:
    """The response where Sanic itself refuses: unknown path, wrong method, body too large."""
    status = _status(request, error)
    if status not in FRAMEWORK:
        return failure(request, error)
    refused = FRAMEWORK[status]
    said, instance = refused.sentence, _instance(request)
    response = _response(_document(status, refused.code, refused.title, said, instance=instance))
    if allow := (error.headers or {}).get("Allow"):
        response.headers["Allow"] = str(allow)
    return response


def _status(request: Request, error: SanicException) -> int:
    """Sanic's own, but for a head that is too long: it does not say what of it is."""
    head = getattr(request.stream, "recv_buffer", b"") if request.method == "NONE" else b""
    if error.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE or not head:
        return error.status_code
    line = head.find(b"\r\n")
    if 0 <= line < HEAD_BYTES:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return HTTPStatus.REQUEST_URI_TOO_LONG


def failure(request: Request, error: Exception) -> HTTPResponse:
    """The response to our own fault: nothing of it is shown, its kind is logged.

    A database that is away is nobody's fault: 503, or 507 where it has no room, and one line of
    the log when that begins. A wait for a lock that was too long is 503 too, a line each.
    """
    refused = meaning(error, route=request.uri_template or "-")
    return refusal(refused, instance=_instance(request))


def meaning(error: Exception, *, route: str) -> ServiceError:
    """What to refuse for an error that is no refusal, which is logged; see `failure`."""
    if is_full(error):
        full = StorageFull()
        full.__cause__ = error
        return full
    if is_outage(error):
        if is_lock_wait(error):
            log.warning("lock_not_available", route=route)
        else:
            outage.seen(type(error).__name__)
        return DatabaseUnavailable()
    log.error("failure", route=route, error=type(error).__name__, exc_info=error)
    return InternalError()


def of_part(error: Exception, request: Request) -> Problem:
    """What became of one part of a call; the rest of it goes on.

    What helps to try later refuses the whole: an outcome that is kept would say it for a day.
    """
    refused = (
        error
        if isinstance(error, ServiceError)
        else meaning(error, route=request.uri_template or "-")
    )
    if isinstance(refused, _LATER):
        raise refused from error
    return document(refused, instance=_instance(request))
