"""The routes for operators: alive, ready, metrics."""

import asyncio
import shutil
from collections.abc import Coroutine
from typing import Any, TypeVar

from pydantic import BaseModel

from backend.http import draining
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from config.metrics import Gauge, render
from config.redis import redis
from config.settings import settings
from notifications import backlog, jobs

routes = Routes("system", prefix="", guard=Guard.OPEN, unrecorded="says nothing of anybody")
STALE_SECONDS = 300
# Of both questions, which are asked at once; a balancer gives up after about a second.
PATIENCE = 0.8
FREE = Gauge(
    "yikou_disk_free_bytes", "Room on the disk of the var dir", multiprocess_mode="mostrecent"
)
T = TypeVar("T")
_asked: set[asyncio.Future[Any]] = set()


class Alive(BaseModel):
    """The process answers."""

    status: str


class Ready(BaseModel):
    """How what we need is; `oldest_unsent_seconds` is the age of the oldest due delivery.

    `late_jobs` names the periodic jobs that have missed three of their turns; `free_bytes` is the
    room left on the disk of the var dir. A process that is about to end is `draining`.
    """

    status: str
    database: str
    redis: str
    oldest_unsent_seconds: float | None
    deliveries: str
    late_jobs: list[str]
    free_bytes: int


@routes.get("/healthz", limit=None, answer=Alive)
async def healthz(_call: Call[Nothing, NoQuery]) -> Answer:
    """Whether the process is alive."""
    return Answer({"status": "ok"})


@routes.get("/readyz", limit=None, answer=Ready)
async def readyz(_call: Call[Nothing, NoQuery]) -> Answer:
    """Whether requests can be served: 503 without the database, else 200 and what is away."""
    found, redis_answers = await asyncio.gather(_within(_backlog()), _within(_ping()))
    age, late_jobs = found or (None, [])
    reachable = found is not None
    free = shutil.disk_usage(settings().var_dir).free
    FREE.set(free)
    body = {
        "status": _status(reachable=reachable),
        "database": "ok" if reachable else "away",
        "redis": "ok" if redis_answers else "away",
        "oldest_unsent_seconds": age,
        "deliveries": "late" if age is not None and age > STALE_SECONDS else "ok",
        "late_jobs": late_jobs,
        "free_bytes": free,
    }
    return Answer(body, 200 if body["status"] == "ready" else 503)


def _status(*, reachable: bool) -> str:
    if draining.begun():
        return "draining"
    return "ready" if reachable else "not_ready"


@routes.get("/metrics", limit=None)
async def metrics(_call: Call[Nothing, NoQuery]) -> Answer:
    """Prometheus metrics over all processes of this machine."""
    body, media_type = render()
    return Answer(body, media_type=media_type)


async def _within(asked: Coroutine[None, None, T]) -> T | None:
    """What it answers in time; None where it fails or does not answer.

    It is not waited for after that: a driver may wait for its server even to be cancelled.
    """
    task = asyncio.ensure_future(asked)
    _asked.add(task)
    task.add_done_callback(_asked.discard)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    if not done:
        task.cancel()
        return None
    # Whatever the driver raises while the server is away means the same here: not ready.
    return None if task.cancelled() or task.exception() else task.result()


async def _backlog() -> tuple[float | None, list[str]]:
    """How long the oldest delivery waits, and the jobs that are late."""
    return await backlog.oldest_unsent_seconds(), await jobs.late()


async def _ping() -> bool:
    return bool(await redis().ping())
