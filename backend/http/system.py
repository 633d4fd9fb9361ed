"""The routes for operators: alive, ready, metrics."""

import asyncio
import contextlib
import shutil
from typing import Literal

import asyncpg
from typing_extensions import TypedDict

from backend.files import store
from backend.files.contents import FILE_BYTES
from backend.http import draining, outage
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.question import Question
from backend.http.routes import Routes
from config.database import aside
from config.metrics import Gauge, render
from config.redis import answers
from config.settings import settings
from notifications.jobs import running
from notifications.sending import gauges

routes = Routes(
    "system", prefix="", guard=Guard.OPEN, unrecorded="says nothing of anybody", waits=False
)
STALE_SECONDS = 300
# A cleaned file may be twice as long as what was sent.
ROOM_BYTES = 2 * FILE_BYTES
# The questions have bounds of their own; only a loop that is busy takes longer.
LATE_SECONDS = 30.0
FREE = Gauge(
    "yikou_disk_free_bytes",
    "Room on the disk of the files or of the var dir, whichever has less",
    multiprocess_mode="mostrecent",
)


Status = Literal["ready", "not_ready", "draining"]


class Alive(TypedDict):
    """The process answers."""

    status: Literal["ok"]


class Ready(TypedDict):
    """How what we need is; `oldest_unsent_seconds` is the age of the oldest due delivery.

    `late_jobs` names the periodic jobs that have missed three of their turns; `free_bytes` is the
    room left on the disk of the files or of the var dir, whichever has less. `storage` is `full`
    where that is less than a file needs, or for a minute after something was refused for it. On a
    full disk PostgreSQL may refuse the question itself: then the age is null, and no job named.
    A process that is about to end is `draining`.
    """

    status: Status
    database: Literal["ok", "away"]
    redis: Literal["ok", "away"]
    oldest_unsent_seconds: float | None
    deliveries: Literal["ok", "late"]
    late_jobs: list[str]
    storage: Literal["ok", "full"]
    free_bytes: int | None


@routes.get("/healthz", limit=None)
async def healthz(_call: Call[Nothing, NoQuery]) -> Answer[Alive]:
    """Whether the process is alive."""
    return Answer({"status": "ok"})


@routes.get("/readyz", limit=None, also=(503,), seconds=LATE_SECONDS)
async def readyz(_call: Call[Nothing, NoQuery]) -> Answer[Ready]:
    """Whether requests can be served: 503 without the database, else what is away or full."""
    found, redis_answers = await asyncio.gather(_DATABASE.answer(), _REDIS.answer())
    age, late_jobs = found or (None, [])
    reachable = found is not None
    free = _free_bytes()
    body: Ready = {
        "status": _status(reachable=reachable),
        "database": "ok" if reachable else "away",
        "redis": "ok" if redis_answers else "away",
        "oldest_unsent_seconds": age,
        "deliveries": "late" if age is not None and age > STALE_SECONDS else "ok",
        "late_jobs": late_jobs,
        "storage": "full" if _full(free) else "ok",
        "free_bytes": free,
    }
    return Answer(body, 200 if body["status"] == "ready" else 503)


def _status(*, reachable: bool) -> Status:
    if draining.begun():
        return "draining"
    return "ready" if reachable else "not_ready"


@routes.get("/metrics", limit=None, media=("text/plain",))
async def metrics(_call: Call[Nothing, NoQuery]) -> Answer[bytes]:
    """Prometheus metrics over all processes of this machine."""
    _free_bytes()
    body, media_type = render()
    return Answer(body, media_type=media_type)


def _full(free: int | None) -> bool:
    # Of a database or a store elsewhere we hear only when it refuses.
    return outage.lately_full() or (free is not None and free < ROOM_BYTES)


def _free_bytes() -> int | None:
    found = []
    for place in (settings().var_dir, store.folder()):
        # Either may be elsewhere, or not there yet.
        with contextlib.suppress(OSError):
            found += [shutil.disk_usage(place).free] if place else []
    if not found:
        return None
    FREE.set(min(found))
    return min(found)


async def _backlog() -> tuple[float | None, list[str]]:
    """How long the oldest delivery waits, and the jobs that are late; None and none if not told."""
    # Those of the pool may all be taken by requests that are well.
    try:
        return await gauges.oldest_unsent_seconds(aside()), await running.late(aside())
    except asyncpg.DiskFullError as error:
        # It lets nobody new in then ("could not write init file"), and serves who has a connection.
        outage.full(error)
        return None, []


_DATABASE, _REDIS = Question(_backlog), Question(answers)
