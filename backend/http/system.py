"""The routes for operators: alive, ready, metrics."""

import asyncio

from pydantic import BaseModel

from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from config.metrics import render
from config.redis import RedisError, redis
from notifications import backlog, jobs

routes = Routes("system", prefix="", guard=Guard.OPEN, unrecorded="says nothing of anybody")
STALE_SECONDS = 300


class Alive(BaseModel):
    """The process answers."""

    status: str


class Ready(BaseModel):
    """How what we need is; `oldest_unsent_seconds` is the age of the oldest due delivery.

    `late_jobs` names the periodic jobs that have missed three of their turns.
    """

    status: str
    database: str
    redis: str
    oldest_unsent_seconds: float | None
    deliveries: str
    late_jobs: list[str]


@routes.get("/healthz", answer=Alive)
async def healthz(_call: Call[Nothing, NoQuery]) -> Answer:
    """Whether the process is alive."""
    return Answer({"status": "ok"})


@routes.get("/readyz", answer=Ready)
async def readyz(_call: Call[Nothing, NoQuery]) -> Answer:
    """Whether requests can be served: 503 without the database, else 200 and what is away."""
    age, late_jobs = await _backlog()
    reachable = age is not None
    body = {
        "status": "ready" if reachable else "not_ready",
        "database": "ok" if reachable else "away",
        "redis": "ok" if await _redis_answers() else "away",
        "oldest_unsent_seconds": age,
        "deliveries": "late" if age is not None and age > STALE_SECONDS else "ok",
        "late_jobs": late_jobs,
    }
    return Answer(body, 200 if reachable else 503)


@routes.get("/metrics")
async def metrics(_call: Call[Nothing, NoQuery]) -> Answer:
    """Prometheus metrics over all processes of this machine."""
    body, media_type = render()
    return Answer(body, media_type=media_type)


async def _backlog() -> tuple[float | None, list[str]]:
    """How long the oldest delivery waits, None without the database; and the jobs that are late."""
    try:
        async with asyncio.timeout(3):
            return await backlog.oldest_unsent_seconds(), await jobs.late()
    # Whatever the driver raises while the server is away means the same here: not ready.
    except Exception:  # noqa: BLE001
        return None, []


async def _redis_answers() -> bool:
    try:
        async with asyncio.timeout(3):
            return bool(await redis().ping())
    except (RedisError, OSError, TimeoutError):
        return False
