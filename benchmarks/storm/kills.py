"""What is done to the system: each kind alone, and kinds together."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.storm.system import NAMES, PATIENCE_SECONDS, Process, System

STALL_SECONDS = 4.0


@dataclass(frozen=True)
class Kind:
    """A kind of blow; `stalls` freezes for some seconds instead of killing."""

    name: str
    victims: Callable[[System], list[Process]]
    stalls: bool = False
    launcher: bool = False


def _first_web(system: System) -> list[Process]:
    return system.of("web")[:1]


def _some(*kinds: str) -> Callable[[System], list[Process]]:
    return lambda system: [each for kind in kinds for each in system.of(kind)]


KINDS = [
    Kind("one web worker", _first_web),
    Kind("all web workers", _some("web")),
    Kind("worker", _some("worker")),
    Kind("sandbox", _some("sandbox")),
    Kind("PostgreSQL", _some("postgres")),
    Kind("PostgreSQL stalls", _some("postgres"), stalls=True),
    Kind("Redis", _some("redis")),
    Kind("Redis stalls", _some("redis"), stalls=True),
    Kind("launcher", lambda _: [], launcher=True),
    Kind("PostgreSQL and Redis", _some("postgres", "redis")),
    Kind("web and worker", _some("web", "worker")),
    Kind("everything but the launcher", _some("web", "worker", "sandbox", "postgres", "redis")),
]


async def strike(system: System, kind: Kind) -> float:
    """Do it, and give the seconds until all is ready again: after a stall, from its end."""
    victims = kind.victims(system)
    for victim in victims:
        _signal(victim, signal.SIGSTOP if kind.stalls else signal.SIGKILL)
    if kind.stalls:
        await asyncio.sleep(STALL_SECONDS)
        for victim in victims:
            _signal(victim, signal.SIGCONT)
    begun = time.monotonic()
    if kind.launcher and system.launcher:
        system.launcher.kill()
        system.launcher.wait()
        system.start()
    while True:
        gone = kind.stalls or not {*victims} & {*await asyncio.to_thread(_alive, system)}
        if gone and await asyncio.to_thread(system.ready):
            return time.monotonic() - begun
        if time.monotonic() - begun > PATIENCE_SECONDS:
            return float("inf")
        await asyncio.sleep(0.05)


def _alive(system: System) -> list[Process]:
    return [each for kind in NAMES for each in system.of(kind)]


def _signal(victim: Process, sign: signal.Signals) -> None:
    try:
        os.kill(victim.pid, sign)
    except ProcessLookupError:
        return
