"""What the embedded servers have in common."""

from pathlib import Path
from typing import Protocol

from config.embedded.processes import Program
from config.errors import StartError

LARGEST_LOG = 10_000_000
ENOUGH_DISK = 200_000_000


class Server(Protocol):
    """One embedded server of one var dir."""

    name: str

    def made(self) -> bool:
        """Whether it has what it cannot begin without, or makes it at every start."""

    def prepare(self) -> None:
        """Create what it needs on disk; raises StartError."""

    def program(self) -> Program:
        """How to run it."""

    def ready(self) -> bool:
        """Whether it answers now."""


def private_folder(path: Path) -> Path:
    """The folder, created so that only we may enter it."""
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def log_file(var_dir: Path, name: str) -> Path:
    """Where a server writes its log; the last one is kept beside it once it is large."""
    log = private_folder(var_dir / "log") / f"{name}.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    return log


def failure(name: str, log: Path) -> StartError:
    """The sentence for a server that ended while starting: what it wrote last."""
    with log.open("rb") as written:
        written.seek(max(0, log.stat().st_size - 4000))
        lines = written.read().decode(errors="replace").splitlines()
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "rror" in line]
    said = (telling or lines or ["no output"])[-1].strip()
    return StartError(
        f"{name} 无法启动，详见 {log}。 {name} does not start: {said.rstrip('.')} (see {log})."
    )
