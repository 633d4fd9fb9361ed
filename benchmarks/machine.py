"""The machine the figures come from: who runs on which core, and what it is called."""

import contextlib
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cores:
    """`measured` serves alone; PostgreSQL and those who ask share `other`. None: not pinned."""

    measured: int | None
    other: int | None


def cores() -> Cores:
    """Two of the cores we may use, or none where there is one or the system can't pin."""
    if not hasattr(os, "sched_getaffinity"):
        return Cores(None, None)
    usable = sorted(os.sched_getaffinity(0))
    return Cores(*usable[:2]) if len(usable) > 1 else Cores(None, None)


@contextlib.contextmanager
def on(core: int | None) -> Iterator[None]:
    """Be on this core meanwhile; the processes started meanwhile stay there."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def description() -> str:
    """Processor, cores, memory and system, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = f"{os.cpu_count()} cores, {memory:.0f} GB memory"
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"{_processor()}, {cores}, {system}, Python {platform.python_version()}"


def server_of(pid: int) -> int:
    """The process that does the work: the one that this process has forked, else itself."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return pid
    return int(children[0]) if children else pid


def megabytes(pid: int) -> tuple[float, float] | None:
    """What a process sees of the memory (RSS), and its share of it (PSS), in 10^6 bytes.

    A page that n processes share counts 1/n in the share, so shares add up to what is taken.
    None where the system doesn't say.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    found = {line.partition(":")[0]: line.split()[1] for line in lines[1:]}
    return int(found["Rss"]) * 1024 / 1e6, int(found["Pss"]) * 1024 / 1e6


def seconds_used(pid: int) -> float:
    """The processor time of a process so far; 0 where the system doesn't say."""
    return sum(_times(pid)[:2])


def seconds_used_by_all(pid: int) -> float:
    """The same with the children that it has, and those that it had and waited for."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return sum(_times(pid)) + sum(seconds_used(int(child)) for child in children)


def _times(pid: int) -> list[float]:
    """Its own seconds as itself and in the kernel, and those of children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [int(field) / os.sysconf("SC_CLK_TCK") for field in fields[11:15]]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
