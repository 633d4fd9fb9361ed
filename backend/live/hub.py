"""The events of a web process: read once for all who listen in it, and handed on.

A process asks nothing while nobody listens. It is woken by Redis when something was committed, and
looks each second as well, since that may be lost.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from backend.errors import ServiceError
from backend.identity import actors, revocations
from backend.identity.actors import StaffActor
from backend.identity.tokens import Claims
from backend.live import events, listeners
from backend.live.events import AT_ONCE, Reader
from backend.live.listeners import CHECK_SECONDS, EACH, Listener, Listeners, Stream
from backend.live.refusals import ListeningEnds, ListensTooOften
from config import clock
from config.metrics import Gauge
from config.outages import DATABASE, is_outage
from notifications.sending.wakeups import listen as listen_for_wakeups

PART = "live events"
LOOK_SECONDS = 1.0
GATHER_SECONDS = 0.01
"""Events that come close upon each other are read together."""
MOST_MISSED = 200

LISTENERS = Gauge(
    "yikou_staff_listeners", "Open event streams of staff", multiprocess_mode="livesum"
)


@dataclass(slots=True)
class _Hub:
    listeners: Listeners = field(default_factory=Listeners)
    reader: Reader | None = None
    ending: bool = False
    look_at: float = 0.0
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    # Set while there is a reader: whoever listens waits for the one that `follow` begins.
    ready: asyncio.Event = field(default_factory=asyncio.Event)


_hub = _Hub()


def check(by: StaffActor) -> None:
    """Refuse who may not listen here: ListensTooOften, ListeningEnds."""
    if _hub.ending:
        raise ListeningEnds(retry_after=1)
    if _hub.listeners.of(by) >= EACH:
        raise ListensTooOften(most=EACH, retry_after=60)


async def listen(claims: Claims, by: StaffActor, after: int | None, stream: Stream) -> None:
    """Send what this member of staff is to hear, until the stream is to end.

    First what they missed `after` the event that they had last, or the word to look at everything
    again; who has had none looks at everything once this has begun.
    """
    listener = Listener(claims, stream, monotonic() + listeners.jitter(CHECK_SECONDS), held=[])
    _hub.listeners.join(listener, by)
    LISTENERS.inc()
    try:
        if _hub.ending:
            return
        _hub.joined.set()
        await _hub.ready.wait()
        stream.send(listeners.opening(_settled() if after is None else after))
        if after is not None:
            stream.send(await _missed(listener, by, after))
        for text in listener.held or ():
            stream.send(text)
        listener.held = None
        await stream.over()
    finally:
        _hub.listeners.leave(listener)
        LISTENERS.dec()


async def follow() -> None:
    """Hand events on until cancelled; what fails is tried again."""
    waking = asyncio.get_running_loop().create_task(listen_for_wakeups(_hub.woken.set))
    try:
        while True:
            if not _hub.listeners.all:
                _hub.reader = None
                _hub.ready.clear()
                _hub.joined.clear()
                await _hub.joined.wait()
            try:
                if _hub.reader is None:
                    _hub.reader = await events.begin()
                    _hub.ready.set()
                await _round(_hub.reader)
            except Exception as error:  # noqa: BLE001 - whatever the driver raises
                DATABASE.failed(type(error).__name__, PART)
                await asyncio.sleep(LOOK_SECONDS)
            else:
                DATABASE.worked(PART)
    finally:
        waking.cancel()


def end_all() -> None:
    """Let every stream come to its end, and begin no other: the process is about to end."""
    _hub.ending = True
    for listener in list(_hub.listeners.all):
        listener.stream.end()


async def _round(reader: Reader) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            await _hub.woken.wait()
            await asyncio.sleep(GATHER_SECONDS)
    _hub.woken.clear()
    while True:
        found = await reader.read()
        for listener in list(_hub.listeners.dispatch(found, settled=reader.settled)):
            listener.stream.end()
        if len(found) < AT_ONCE:
            break
    await _look_after()


async def _look_after() -> None:
    """End the streams whose session is over, and ask now and then what each may still see."""
    now = monotonic()
    if now < _hub.look_at:
        return
    _hub.look_at = now + LOOK_SECONDS
    for listener in list(_hub.listeners.all):
        try:
            revocations.check(listener.claims.session)
            if now >= listener.check_at:
                await _check(listener)
        except ServiceError:
            listener.stream.end()


async def _check(listener: Listener) -> None:
    """The posts of the moment; a ServiceError where there is no session any more."""
    by = await actors.staff(listener.claims, now=clock.now())
    actors.check_factor(by)
    listener.check_at = monotonic() + listeners.jitter(CHECK_SECONDS)
    if listener in _hub.listeners.all:
        _hub.listeners.move(listener, by)
        if not listener.put(listeners.position(_settled())):
            listener.stream.end()


def _settled() -> int:
    """Up to where nothing is missing; 0 while nothing is read, from which nobody resumes."""
    return _hub.reader.settled if _hub.reader else 0


async def _missed(listener: Listener, by: StaffActor, after: int) -> bytes:
    """What they missed, or the word to look again."""
    settled, units = _settled(), sorted({post.unit_code for post in by.posts})
    try:
        found = await events.missed(after, units, by.id, most=MOST_MISSED)
    except Exception as error:
        if not is_outage(error):
            raise
        found = None
    if found is None:
        return listeners.look_again(settled)
    texts = [
        listeners.written(event, settled=settled) for event in found if listener.receives(event)
    ]
    return b"".join((*texts, listeners.position(min(settled, found[-1].seq) if found else after)))
