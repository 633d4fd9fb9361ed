"""Users and messages kept across restarts: one JSON record per line, compacted at start."""

import contextlib
import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

LINES_MAX = 10_000
log = logging.getLogger("sandbox")


class Journal:
    """An append-only file; each change is in it before WeChat's answer leaves.

    A write survives the death of the process, not of the machine. Where writes fail, the sandbox
    goes on from memory and says so once; `failing` until the whole file has been written anew.
    """

    def __init__(self, file: Path | None) -> None:
        """Keep records in `file`, or nowhere."""
        self.file = file
        self.lines = 0
        self.failing = False
        self._open: IO[str] | None = None

    def read(self) -> list[dict[str, Any]]:
        """Return the records kept; a line torn by a crash is left out."""
        if self.file is None or not self.file.exists():
            return []
        records = []
        for line in filter(
            None, self.file.read_text(encoding="utf-8", errors="replace").split("\n")
        ):
            try:
                records.append(json.loads(line))
            except ValueError:
                log.warning("The sandbox's state has an unreadable line, left out.")
        return [record for record in records if isinstance(record, dict)]

    def rewrite(self, records: Iterable[dict[str, Any]]) -> None:
        """Replace the file by `records` in one step, so that it holds nothing superseded."""
        if self.file is None:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(self.file.suffix + ".new")
        lines = [_line(record) for record in records]
        fresh.write_text("".join(lines), encoding="utf-8")
        fresh.replace(self.file)
        self.close()
        self.lines = len(lines)
        self._open = self.file.open("a", encoding="utf-8")
        if self.failing:
            self.failing = False
            log.warning("The sandbox keeps its state again.")

    def append(self, record: dict[str, Any]) -> bool:
        """Add one record; False where it could not be written."""
        if self._open is None:
            return True
        self.lines += 1
        try:
            self._open.write(_line(record))
            self._open.flush()
        except OSError as error:
            self._failed(error)
            return False
        return True

    def compact(self, records: Iterable[dict[str, Any]]) -> None:
        """Rewrite the file while serving; what fails is tried again."""
        try:
            self.rewrite(records)
        except OSError as error:
            self.lines = 0
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        if not self.failing:
            self.failing = True
            log.warning("The sandbox cannot keep its state: %s.", error.strerror)

    def close(self) -> None:
        """Close the file."""
        if self._open is not None:
            # What could not be written has been reported.
            with contextlib.suppress(OSError):
                self._open.close()
            self._open = None


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
