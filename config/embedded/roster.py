"""The processes an owner of the var dir started, for its successor to end those left behind."""

import json
import os
import signal
from pathlib import Path

from config.embedded.processes import identity, wait_until

PATIENCE = 20.0


class Roster:
    """The file `processes.json` of one var dir; only the folder's owner touches it."""

    def __init__(self, var_dir: Path) -> None:
        self.file = var_dir / "processes.json"
        self.entries: dict[str, tuple[int, int]] = {}

    def enter(self, pid: int, stop_signal: signal.Signals) -> None:
        """Remember a process that was just started."""
        known = identity(pid)
        if known is not None:
            self.entries[known] = (pid, int(stop_signal))
            self._write()

    def end_leftovers(self) -> None:
        """End what a killed owner left running, each proved by its start time."""
        try:
            self.entries = json.loads(self.file.read_text())
        except (FileNotFoundError, ValueError):
            self.entries = {}
        for known, (pid, sign) in self.entries.items():
            _send(pid, known, sign)
        if not wait_until(lambda: not self._alive(), PATIENCE):
            for known, (pid, _) in self.entries.items():
                _send(pid, known, signal.SIGKILL)
            wait_until(lambda: not self._alive(), PATIENCE)
        self.entries = {}
        self._write()

    def _alive(self) -> bool:
        return any(identity(pid) == known for known, (pid, _) in self.entries.items())

    def _write(self) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(self.entries))
        fresh.replace(self.file)


def _send(pid: int, known: str, sign: int) -> None:
    if identity(pid) == known:
        os.kill(pid, sign)
