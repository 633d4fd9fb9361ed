"""What happens at my units while I look at them: a stream of events, in place of asking again."""

import re
from functools import partial

from backend.http import headers, pages, streams
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.live import hub
from backend.live.refusals import LastEventUnknown, ListeningEnds, ListensTooOften

routes = Routes(
    "staff_events",
    prefix="/api/v1/staff",
    guard=Guard.STAFF,
    unrecorded="names tasks, messages and cases by their ids, and nobody",
)


@routes.get(
    "/events",
    media=(streams.MEDIA,),
    streams=True,
    errors=(LastEventUnknown, ListensTooOften, ListeningEnds),
)
async def listen(call: Call[Nothing, NoQuery]) -> Answer[bytes]:
    """Tell of my units' tasks and of my messages as they change, as server-sent events."""
    after = _after(headers.value(call.request, "last-event-id"))
    by, claims = await call.staff(), call.claims
    if claims is None:
        raise TypeError("an open route has no caller")
    hub.check(by)
    return Answer(flow=partial(hub.listen, claims, by, after))


def _after(given: str | None) -> int | None:
    if not given:
        return None
    if not re.fullmatch(pages.NUMBER, given):
        raise LastEventUnknown
    return int(given)
