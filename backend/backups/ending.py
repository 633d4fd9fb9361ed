"""Whether a replay ended where the log in the backup ends.

PostgreSQL takes a segment that is missing or damaged for the end of the log, and says nothing.
"""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

from backend.backups.folder import SEGMENT_NAME, Folder

PAGE = 8192
_PAGE_HEAD = 24
_RECORD_HEAD = 24
_LONGEST = 1020 * 1024 * 1024
"""Of a record, in bytes: XLogRecordMaxSize of PostgreSQL."""


@dataclass(frozen=True)
class End:
    """The timeline that was replayed last, and where what would have come next begins."""

    timeline: int
    position: int
    """In bytes since the log began."""
    size: int
    """Of a segment, in bytes."""

    @property
    def segment(self) -> int:
        """The number of the segment it lies in."""
        return self.position // self.size

    @property
    def per_file(self) -> int:
        """How many segments bear the same middle number in their names."""
        return (1 << 32) // self.size

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
    return End(int(timeline), high << 32 | low, size)


def broken(folder: Folder, system: str, end: End) -> Break | None:
    """Where the log breaks off, if it goes on behind the end of the replay.

    The last record may reach over from a whole segment into one that was still being received.
    """
    whole, partial = dict[int, Path](), set[int]()
    for part in folder.path.glob(f"wal/{system}-*/{end.timeline:08X}*"):
        name, _, kind = part.name.partition(".")
        if len(name) == SEGMENT_NAME:
            number = int(name[8:16], 16) * end.per_file + int(name[16:], 16)
            if kind:
                partial.add(number)
            else:
                whole[number] = part
    reaches = end.segment in whole and _reaches_over(whole[end.segment], end)
    later = {each for each in whole if each > end.segment}
    later |= {each for each in partial if each > end.segment + reaches}
    if not later:
        return None
    missing = next(each for each in count(end.segment) if each not in whole.keys() | partial)
    if missing < max(later):
        return Break(end.name(missing), missing=True)
    return Break(end.name(end.segment), missing=False)


def _reaches_over(segment: Path, end: End) -> bool:
    """Whether a record begins there that does not end in the segment.

    Its head has its length (4 bytes) and, behind another 4, where the record before it begins (8);
    what is damaged has neither. A page begins with a head of its own.
    """
    at = end.position % end.size
    at += _PAGE_HEAD if at % PAGE == 0 else 0
    with segment.open("rb") as file:
        file.seek(at)
        head = file.read(_RECORD_HEAD)
    length = int.from_bytes(head[:4], "little")
    room = end.size - at - (end.size - at - 1) // PAGE * _PAGE_HEAD
    if not room < length <= _LONGEST:
        return False
    if at % PAGE + _RECORD_HEAD > PAGE:
        return True  # the rest of the head is on the next page
    before = end.position - int.from_bytes(head[8:16], "little")
    return 0 < before <= _LONGEST + end.size
