"""What is declared about an endpoint; the OpenAPI document is made from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from backend.audit import Act
from backend.errors import ServiceError
from backend.http import deadline, receiving, shedding
from backend.http.answers import Answer
from backend.http.body import Body, Query
from backend.http.call import NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from models import Right

Handler = Callable[..., Awaitable[Answer[Any]]]
Again = Callable[..., Awaitable[None]]
Refused = Callable[[Any, ServiceError], Awaitable[None]]
Refusals = tuple[type[ServiceError], ...]


@dataclass(frozen=True, kw_only=True)
class Spec:
    """All that is declared about one endpoint; the OpenAPI document is made from it.

    `answer` is the shape that its handler says it answers, None for bytes and for nothing.
    `records` are the acts that it writes into the access log; where there are none, `unrecorded`
    says why. `again` is called like the handler before a stored answer is shown once more: it
    refuses who may no longer see it, and records that it was read; `refused` is called once a
    refusal has undone all else, and records what it told; with `about_staff` there is
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
    refused: Refused | None = None
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
