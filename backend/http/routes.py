"""Declaring endpoints: each route says who may call it, what it takes and what it answers."""

import time
from collections.abc import Callable, Coroutine
from types import NoneType
from typing import Any, get_args, get_origin
from uuid import UUID

from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from typing_extensions import is_typeddict

from backend.errors import ServiceError, Unauthenticated
from backend.http import (
    behalf,
    conditions,
    deadline,
    keyed,
    limits,
    outage,
    problems,
    receiving,
    shedding,
    streams,
)
from backend.http.addresses import network
from backend.http.answers import Answer, encode, respond
from backend.http.body import parse, parse_query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard, admit, claims_of
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.request_log import finished, request_id
from backend.http.spec import Handler, Refusals, Spec
from config import clock
from models import Audience

_NOTHING, _NO_QUERY = Nothing(), NoQuery()


class Routes:
    """A blueprint whose routes all have the same guard unless they say otherwise."""

    def __init__(
        self, name: str, *, prefix: str, guard: Guard, unrecorded: str = "", waits: bool = True
    ) -> None:
        self.blueprint = Blueprint(name, url_prefix=prefix)
        self.prefix = prefix
        self.guard = guard
        self.unrecorded = unrecorded
        self.waits = waits
        self.specs: list[Spec] = []

    def get(
        self, path: str, *, errors: Refusals = (), **declared: Any
    ) -> Callable[[Handler], Handler]:
        """Declare a GET and all that it refuses; `declared` are further fields of Spec."""
        return self._route("GET", path, {"errors": errors} | declared)

    def post(
        self, path: str, *, errors: Refusals = (), **declared: Any
    ) -> Callable[[Handler], Handler]:
        """Declare a POST; one with an effect is keyed."""
        return self._route("POST", path, {"errors": errors, "keyed": Keyed.ATOMIC} | declared)

    def put(
        self, path: str, *, errors: Refusals = (), **declared: Any
    ) -> Callable[[Handler], Handler]:
        """Declare a PUT, which is safe to repeat by its nature."""
        return self._route("PUT", path, {"errors": errors} | declared)

    def delete(
        self, path: str, *, errors: Refusals = (), **declared: Any
    ) -> Callable[[Handler], Handler]:
        """Declare a DELETE, which is safe to repeat by its nature."""
        return self._route("DELETE", path, {"errors": errors} | declared)

    def _route(
        self, method: str, path: str, declared: dict[str, Any]
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            guard = declared.pop("guard", self.guard)
            declared.setdefault("seconds", _usual_seconds(declared))
            if not declared.get("records"):
                declared.setdefault("unrecorded", self.unrecorded)
            spec = Spec(
                method=method,
                path=self.prefix + path,
                name=handler.__name__,
                summary=(handler.__doc__ or "").strip().split("\n")[0],
                guard=guard,
                limit=declared.pop("limit", _usual_limit(method, guard)),
                waits=self.waits,
                handler=handler,
                answer=_shape(handler),
                **declared,
            )
            if not spec.records and not spec.unrecorded:
                raise TypeError(f"{spec.name} says neither what it records nor why nothing")
            if spec.shows_again and spec.again is None:
                raise TypeError(f"{spec.name} does not say who may see its answer again")
            self.specs.append(spec)
            self.blueprint.add_route(
                endpoint(spec),
                path,
                methods=[method],
                name=handler.__name__,
                # The body is read by us, once the caller may send one.
                stream=True,
            )
            return handler

        return register


def _shape(handler: Handler) -> Any:
    """The TypedDict of the handler's `Answer[...]`; None where that is bytes or nothing."""
    told = handler.__annotations__.get("return")
    shape = get_args(told)[0] if get_origin(told) is Answer else object
    if shape in {bytes, NoneType}:
        return None
    if not is_typeddict(get_origin(shape) or shape):
        raise TypeError(f"{handler.__name__} does not say in which shape it answers")
    return shape


def _usual_limit(method: str, guard: Guard) -> Limit:
    if guard in {Guard.OPEN, Guard.WECHAT}:
        return Limit.OPEN
    return Limit.READ if method == "GET" else Limit.WRITE


def _usual_seconds(declared: dict[str, Any]) -> float:
    if declared.get("multipart"):
        return deadline.UPLOAD_SECONDS
    if declared.get("bulk"):
        return deadline.BULK_SECONDS
    return deadline.WECHAT_SECONDS if declared.get("keyed") is Keyed.AFTER else deadline.SECONDS


def endpoint(spec: Spec) -> Callable[..., Coroutine[Any, Any, HTTPResponse | None]]:
    """The Sanic handler: identify, limit, parse, find a first answer, handle, respond, record."""

    async def serve(request: Request, **path: UUID | str) -> HTTPResponse | None:
        started = time.perf_counter()
        instance = request_id(request)
        request.ctx.started, request.ctx.place, request.ctx.flow = started, spec, None
        try:
            response = await _answer(spec, request, path)
            if spec.method != "GET":
                outage.written()
        except ServiceError as error:
            response = problems.refusal(error, instance=instance)
        finally:
            receiving.forget(request)
        finished(spec, request, response, seconds=time.perf_counter() - started)
        return await streams.sent(request, response)

    return serve


async def _answer(spec: Spec, request: Request, path: dict[str, UUID | str]) -> HTTPResponse:
    address, head_at = f"ip:{network(request)}", clock.now()
    try:
        claims = claims_of(request, spec.guard, now=head_at)
    except Unauthenticated:
        request.ctx.spent = await limits.spend(Limit.STRANGER, address, now=head_at)
        raise
    owner = f"{claims.audience}:{claims.subject}" if claims else address
    if spec.limit:
        request.ctx.spent = await limits.spend(spec.limit, owner, now=head_at)
    mandate_id = behalf.named(request, taken=spec.behalf is not None)
    sent = await receiving.upload(request, owner) if spec.multipart else None
    if sent is None:
        await receiving.body(request, spec.body_bytes)
    call = Call(
        request=request,
        body=_NOTHING if spec.multipart or spec.body is Nothing else parse(request, spec.body),
        query=_NO_QUERY
        if spec.query is NoQuery and not request.query_string
        else parse_query(request, spec.query),
        claims=claims,
        now=clock.now(),
        upload=sent,
        expected_version=_expected_version(spec, request),
        mandate_id=mandate_id,
        right=spec.behalf,
    )
    if spec.keyed is not Keyed.NO:
        seen = call.expected_version
        call.once = keyed.asked(
            request, owner, required=spec.key_required, seen=seen, mandate_id=mandate_id
        )
    async with shedding.place(spec.queue):
        answer = await deadline.kept(spec.seconds, _handled(spec, call, path))
    request.ctx.flow = answer.flow
    known = request.headers.get("if-none-match") if spec.shows_changes else None
    return respond(answer, if_none_match=known)


def _expected_version(spec: Spec, request: Request) -> int:
    asked = spec.if_match or (spec.if_match_later and "if-match" in request.headers)
    return conditions.expected_version(request) if asked else 0


async def _handled(spec: Spec, call: Call[Any, Any], path: dict[str, UUID | str]) -> Answer[Any]:
    if spec.guard.audience is Audience.STAFF:
        # Before all else: who has been disabled learns nothing from a key used before either.
        admit(await call.staff(), spec.guard, before_factor=spec.before_factor)
    try:
        answer = await keyed.run(
            spec.keyed, call.once, lambda: spec.handler(call, **path), seconds=spec.seconds
        )
    except ServiceError as refusal:
        if spec.refused is not None:
            await spec.refused(call, refusal)
        raise
    if answer.replayed:
        await call.present()
        if spec.again is not None:
            call.first = encode(answer.body)
            await spec.again(call, **path)
    return answer
