"""Measuring: ours, the peer and the limit in turn, round after round, and the medians of that."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, count, islice
from statistics import median

from benchmarks import ids, machine, pgbench
from benchmarks.ids import Side
from benchmarks.load import LoadFailed, Tally, press
from benchmarks.paths import Path
from benchmarks.pgbench import LimitFailed, Run, Script
from benchmarks.stage import Stage
from benchmarks.traffic import Requests, Traffic

CLIENTS = 32
_MOST_A_SECOND = 12_000
_SHORT = 0.5
"""Seconds for warming up; pgbench counts in whole ones."""


@dataclass(frozen=True)
class Pace:
    """How often each is measured, and how many seconds each time."""

    rounds: int
    seconds: float


@dataclass
class Figures:
    """One path's rates (answers a second) and processor time (µs an answer), by round.

    `fault` says why they are not valid.
    """

    path: Path
    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    limit_clients: int = 0
    ours_cpu: list[float] = field(default_factory=list)
    peer_cpu: list[float] = field(default_factory=list)
    fault: str = ""

    @property
    def times_peer(self) -> float:
        """How often ours answers while the peer answers once."""
        return median(self.ours) / median(self.peer)

    @property
    def of_limit(self) -> float:
        """Ours as a part of the limit."""
        return median(self.ours) / median(self.limit)


@dataclass
class _Server:
    """One server under load, with the requests not yet asked."""

    port: int
    pid: int
    requests: Requests

    async def press(self, seconds: float) -> tuple[Tally, float]:
        """Load it; also the microseconds it used for an answer. Raises LoadFailed for a refusal."""
        made = iter(list(islice(self.requests, int(_MOST_A_SECOND * seconds))))
        self.requests = chain(made, self.requests)
        before = machine.seconds_used(self.pid)
        tally = await press(self.port, made, clients=CLIENTS, seconds=seconds)
        if tally.refused:
            raise LoadFailed(f"{tally.refused} answers were not 2xx, the first: {tally.refusal}")
        used = machine.seconds_used(self.pid) - before
        return tally, 1e6 * used / tally.answered


class Bench:
    """The servers side by side; `measure` one path after the other."""

    def __init__(self, stage: Stage, traffic: Traffic, *, web_pid: int, peer_pid: int) -> None:
        self._stage = stage
        self._traffic = traffic
        self._pids = {Side.OURS: web_pid, Side.PEER: peer_pid}
        self._runs = count(1)

    async def measure(
        self, path: Path, script: Script, pace: Pace, *, told: Callable[[str], object]
    ) -> Figures:
        """The path's figures; a server that refuses or fails makes them invalid, and is named."""
        figures = Figures(path)
        ours, peer = self._server(path, Side.OURS), self._server(path, Side.PEER)
        at = "ours"
        try:
            told("warming up")
            await ours.press(_SHORT)
            at = "the peer"
            await peer.press(_SHORT)
            at = "pgbench"
            figures.limit_clients = self._best_clients(path, script)
            for number in range(pace.rounds):
                told(f"round {number + 1} of {pace.rounds}")
                at = "ours"
                tally, cpu = await ours.press(pace.seconds)
                figures.ours.append(tally.rate)
                figures.ours_cpu.append(cpu)
                at = "the peer"
                tally, cpu = await peer.press(pace.seconds)
                figures.peer.append(tally.rate)
                figures.peer_cpu.append(cpu)
                at = "pgbench"
                limit = self._limit(path, script, figures.limit_clients, pace.seconds)
                figures.limit.append(limit)
        except (LoadFailed, LimitFailed) as error:
            figures.fault = f"{at}: {error}"
        return figures

    def _server(self, path: Path, side: Side) -> _Server:
        port = self._stage.web_port if side is Side.OURS else self._stage.peer_port
        return _Server(port, self._pids[side], path.requests(self._traffic, side))

    def _best_clients(self, path: Path, script: Script) -> int:
        rates = {
            clients: self._limit(path, script, clients, _SHORT) for clients in path.limit_clients
        }
        return max(rates, key=lambda clients: rates[clients])

    def _limit(self, path: Path, script: Script, clients: int, seconds: float) -> float:
        how = Run(
            clients=clients,
            seconds=seconds,
            number=next(self._runs),
            people=ids.RESIDENTS if path.writes else ids.APPLICANTS,
            slots=path.limit_slots,
        )
        return pgbench.run(script, self._stage, how)
