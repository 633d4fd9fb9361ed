"""Measuring: ours, the peer and the limit in turn, round after round, and the medians of that."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, count, islice
from statistics import median

from benchmarks import ids, machine, pgbench
from benchmarks.ids import Side
from benchmarks.load import LoadFailed, press
from benchmarks.paths import Path
from benchmarks.pgbench import LimitFailed, Run, Script
from benchmarks.stage import Stage
from benchmarks.traffic import Requests, Traffic

CLIENTS = 32
_MOST_A_SECOND = 12_000
_SHORT = 0.5
"""Seconds for warming up."""


@dataclass(frozen=True)
class Pace:
    """How often each is measured, and how many seconds each time."""

    rounds: int
    seconds: float


@dataclass
class Figures:
    """One path's rates (answers a second) and processor time (µs an answer), by round.

    `_cpu` is the server's, `_database` PostgreSQL's; `fault` says why they are not valid.
    """

    path: Path
    ours: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)
    limit_clients: int = 0
    ours_cpu: list[float] = field(default_factory=list)
    peer_cpu: list[float] = field(default_factory=list)
    ours_database: list[float] = field(default_factory=list)
    limit_database: list[float] = field(default_factory=list)
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
    database_pid: int
    requests: Requests

    async def press(self, seconds: float) -> tuple[float, float, float]:
        """Load it: the rate, and the microseconds that it and PostgreSQL used for an answer.

        Raises LoadFailed for a refusal.
        """
        made = iter(list(islice(self.requests, int(_MOST_A_SECOND * seconds))))
        self.requests = chain(made, self.requests)
        server, database = self._used()
        tally = await press(self.port, made, clients=CLIENTS, seconds=seconds)
        if tally.refused:
            raise LoadFailed(f"{tally.refused} answers were not 2xx, the first: {tally.refusal}")
        server_now, database_now = self._used()
        each = 1e6 / tally.answered
        return tally.rate, each * (server_now - server), each * (database_now - database)

    def _used(self) -> tuple[float, float]:
        return machine.seconds_used(self.pid), machine.seconds_used_by_all(self.database_pid)


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
                rate, cpu, database = await ours.press(pace.seconds)
                figures.ours.append(rate)
                figures.ours_cpu.append(cpu)
                figures.ours_database.append(database)
                at = "the peer"
                rate, cpu, _ = await peer.press(pace.seconds)
                figures.peer.append(rate)
                figures.peer_cpu.append(cpu)
                at = "pgbench"
                rate, database = self._limit(path, script, figures.limit_clients, pace.seconds)
                figures.limit.append(rate)
                figures.limit_database.append(database)
        except (LoadFailed, LimitFailed) as error:
            figures.fault = f"{at}: {error}"
        return figures

    def _server(self, path: Path, side: Side) -> _Server:
        port = self._stage.web_port if side is Side.OURS else self._stage.peer_port
        requests = path.requests(self._traffic, side)
        return _Server(port, self._pids[side], self._stage.database_pid, requests)

    def _best_clients(self, path: Path, script: Script) -> int:
        rates = {
            clients: self._limit(path, script, clients, _SHORT)[0] for clients in path.limit_clients
        }
        return max(rates, key=lambda clients: rates[clients])

    def _limit(
        self, path: Path, script: Script, clients: int, seconds: float
    ) -> tuple[float, float]:
        how = Run(
            clients=clients,
            seconds=seconds,
            number=next(self._runs),
            people=ids.RESIDENTS if path.writes else ids.APPLICANTS,
            slots=path.limit_slots,
        )
        pid = self._stage.database_pid
        before = machine.seconds_used_by_all(pid)
        rate = pgbench.run(script, self._stage, how)
        used = machine.seconds_used_by_all(pid) - before
        return rate, 1e6 * used / (rate * how.whole_seconds)
