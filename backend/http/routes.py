"""Declaring endpoints: each route says who may call it, what it takes and what it answers."""

import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args, get_origin
from uuid import UUID

from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from typing_extensions import is_typeddict

from backend.audit import Act
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
from backend.http.answers import Answer, respond
from backend.http.body import Body, Query, parse, parse_query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard, admit, claims_of
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.request_log import finished, request_id
from config import clock
from models import Audience, Right

Handler = Callable[..., Awaitable[Answer[Any]]]
Again = Callable[..., Awaitable[None]]
Refusals = tuple[type[ServiceError], ...]

_NOTHING, _NO_QUERY = Nothing(), NoQuery()


@dataclass(frozen=True, kw_only=True)
class Spec:
    """All that is declared about one endpoint; the OpenAPI document is made from it.

    `answer` is the shape that its handler says it answers, None for bytes and for nothing.
    `records` are the acts that it writes into the access log; where there are none, `unrecorded`
    says why. `again` is called like the handler before a stored answer is shown once more: it
    refuses who may no longer see it, and records that it was read; with `about_staff` there is
    none, since nothing that a resident told is answered. `also` are other statuses with the same
    answer, `media` the types of one without that shape, `sends` headers of its own; with
    `etag` it tells its version. `seconds` is how long it may take once the request has arrived.
    `asks` is which server outside it waits for, where it does.
    With `if_match_later` If-Match says which version is changed, and there is none at first.
    `waits` is False where an answer never waits for long, and so is never refused for it.
    With `bulk` it does hundreds of things in one call, and few such calls are worked on at once;
    `body_bytes` is how long its body may be, `of_parts` what is refused of a part of it alone.
    `behalf` is the right by which it is also asked for somebody else, under the mandate that
    On-Behalf-Of names; None where it is not.
    With `streams` its answer is a stream of events, which goes on (`streams`).
    With `before_factor` it serves staff also in a session that owes the second factor.
    """

    method: str
    path: str
    name: str
    summary: str
    guard: Guard
    limit: Limit | None
    handler: Handler
    status: int = 200
    body: type[Body] = Nothing
    query: type[Query] = NoQuery
    answer: Any = None
    media: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    etag: bool = False
    also: tuple[int, ...] = ()
    keyed: Keyed = Keyed.NO
    asks: str = "wechat"
    key_required: bool = False
    if_match: bool = False
    if_match_later: bool = False
    errors: Refusals = ()
    multipart: bool = False
    records: tuple[Act, ...] = ()
    unrecorded: str = ""
    again: Again | None = None
    about_staff: bool = False
    seconds: float = deadline.SECONDS
    waits: bool = True
    before_factor: bool = False
    bulk: bool = False
    body_bytes: int = receiving.BODY_BYTES
    of_parts: Refusals = ()
    behalf: Right | None = None
    streams: bool = False

    @property
    def shows_changes(self) -> bool:
        """Whether it answers 304 to who has its present version."""
        return self.etag and self.method == "GET"

    @property
    def shows_again(self) -> bool:
        """Whether a key shows staff once more what a resident told."""
        kept = self.keyed is not Keyed.NO and self.answer is not None
        return kept and self.guard is Guard.STAFF and not self.about_staff

    @property
    def queue(self) -> str | None:
        """With which others it waits to be worked on; None if it waits for nothing."""
        if not self.waits:
            return None
        if self.multipart:
            return "upload"
        if self.bulk:
            return shedding.BULK
        # What a server outside takes long for keeps nobody else.
        return f"{self.asks}_asked" if self.keyed is Keyed.AFTER else self.guard.value


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
    answer = await keyed.run(
        spec.keyed, call.once, lambda: spec.handler(call, **path), seconds=spec.seconds
    )
    if answer.replayed:
        await call.present()
        if spec.again is not None:
            await spec.again(call, **path)
    return answer
