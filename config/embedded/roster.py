"""The processes an owner of the var dir started, for its successor to end those left behind.

The file also tells an operator which process is which: its values are process id, the signal that
ends it politely, and its name.
"""

import json
import os
import signal
from pathlib import Path

from config.embedded.processes import Program, identity, wait_until

PATIENCE = 20.0


class Roster:
    """The file `processes.json` of one var dir; only the folder's owner touches it."""

    def __init__(self, var_dir: Path) -> None:
        self.file = var_dir / "processes.json"
        self.entries: dict[str, tuple[int, int, str]] = {}

    def enter(self, pid: int, program: Program) -> None:
        """Remember a process that was just started, and forget those that have ended."""
        known = identity(pid)
        if known is not None:
            self.entries = {each: row for each, row in self.entries.items() if _runs(each, row)}
            self.entries[known] = (pid, int(program.stop_signal), program.name)
            self._write()

    def end_leftovers(self) -> None:
        """End what a killed owner left running, each proved by its start time."""
        try:
            self.entries = json.loads(self.file.read_text())
        except (FileNotFoundError, ValueError):
            self.entries = {}
        for known, (pid, sign, *_) in self.entries.items():
            _send(pid, known, sign)
        if not wait_until(lambda: not self._alive(), PATIENCE):
            for known, (pid, *_) in self.entries.items():
                _send(pid, known, signal.SIGKILL)
            wait_until(lambda: not self._alive(), PATIENCE)
        self.entries = {}
        self._write()

    def _alive(self) -> bool:
        return any(_runs(known, row) for known, row in self.entries.items())

    def _write(self) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(self.entries))
        fresh.replace(self.file)


def _runs(known: str, row: tuple[int, int, str]) -> bool:
    return identity(row[0]) == known


def _send(pid: int, known: str, sign: int) -> None:
    if identity(pid) == known:
        os.kill(pid, sign)
