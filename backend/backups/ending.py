"""Whether a replay ended where the log in the backup ends.

PostgreSQL takes a segment that is missing or damaged for the end of the log, and says nothing.
"""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

from backend.backups.folder import SEGMENT_NAME, Folder


@dataclass(frozen=True)
class End:
    """The timeline that was replayed last, and the segment that holds what would have come next."""

    timeline: int
    segment: int
    per_file: int
    """How many segments bear the same middle number in their names."""

    def name(self, segment: int) -> str:
        """The name of a segment's file on this timeline."""
        high, low = divmod(segment, self.per_file)
        return f"{self.timeline:08X}{high:08X}{low:08X}"


@dataclass(frozen=True)
class Break:
    """The segment at which a log that goes on behind it breaks off."""

    segment: str
    missing: bool
    """Else it is damaged."""


def reached(log: Path, size: int) -> End:
    """Where the replay ended, by the history that the server wrote into its log folder then.

    `size` is that of a segment in bytes.
    """
    history = max(log.glob("*.history")).read_text(encoding="utf-8")
    timeline, position, *_ = history.splitlines()[-1].split()
    high, low = (int(part, 16) for part in position.split("/"))
    return End(int(timeline), (high << 32 | low) // size, (1 << 32) // size)


def broken(folder: Folder, system: str, end: End) -> Break | None:
    """Where the log breaks off, if it goes on behind the end of the replay.

    The last record may reach over from a whole segment into one that was still being received.
    """
    whole, partial = set[int](), set[int]()
    for part in folder.path.glob(f"wal/{system}-*/{end.timeline:08X}*"):
        name, _, kind = part.name.partition(".")
        if len(name) == SEGMENT_NAME:
            number = int(name[8:16], 16) * end.per_file + int(name[16:], 16)
            (partial if kind else whole).add(number)
    later = {each for each in whole if each > end.segment}
    later |= {each for each in partial if each > end.segment + (end.segment in whole)}
    if not later:
        return None
    missing = next(each for each in count(end.segment) if each not in whole | partial)
    if missing < max(later):
        return Break(end.name(missing), missing=True)
    return Break(end.name(end.segment), missing=False)
