"""The folder of backups and what it says of each."""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from backend.backups import copies
from config.embedded.postgres import NAME, OWNER
from config.errors import StartError

_MANIFEST = "manifest.json"
_NAMES = "files.txt"
SEGMENT_NAME = 24
# The folder may be on another machine, whose clock differs.
_CLOCKS = 86_400.0
FORMAT = 2
# Names of files without checksums.
_OLDER = 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One base backup: times are RFC 3339 in UTC, sizes in bytes.

    `postgres_sha256` is of PostgreSQL's own manifest, which has a checksum of each of its files,
    `names_sha256` of the list of files. `owner` is who took it, `head` the access log's head when
    it was begun, which every moment restored from it must hold; None before the first row.
    """

    format: int
    yikou: str
    postgres: str
    system: str
    started: str
    ended: str
    first_segment: str
    postgres_bytes: int
    postgres_sha256: str
    files: int
    files_bytes: int
    owner: str = OWNER
    database: str = NAME
    names_sha256: str | None = None
    head: str | None = None

    @property
    def timeline(self) -> int:
        """The server's timeline: the first of the three numbers in the name of a segment."""
        return int(self.first_segment[:8], 16)

    @property
    def ended_at(self) -> datetime:
        """The first moment that can be restored from it."""
        return datetime.fromisoformat(self.ended)


@dataclass(frozen=True)
class Base:
    """A base backup in its folder."""

    path: Path
    manifest: Manifest

    def named(self) -> set[str] | None:
        """The keys of the files that the database named meanwhile; None if that is not known.

        So it is in a backup of before they were kept, and where the list is damaged.
        """
        try:
            content = (self.path / _NAMES).read_bytes()
        except FileNotFoundError:
            return None
        if self.manifest.names_sha256 not in {None, sha256(content).hexdigest()}:
            return None
        return set(content.decode().split())

    @property
    def postgres(self) -> Path:
        """The copied cluster."""
        return self.path / "postgres"


@dataclass(frozen=True)
class Folder:
    """Where backups lie."""

    path: Path

    @property
    def files(self) -> Path:
        """The bytes of files, by their keys and checksums."""
        return self.path / "files"

    def wal(self, system: str, timeline: int) -> Path:
        """The log of one server and timeline."""
        return self.path / "wal" / f"{system}-{timeline:08X}"

    def bases(self) -> list[Base]:
        """The whole base backups, oldest first; one that was interrupted has no manifest."""
        found = sorted((self.path / "base").glob(f"*/{_MANIFEST}"))
        return [Base(file.parent, _read(file)) for file in found]

    def write(self, base: Path, manifest: Manifest) -> None:
        """Complete a base backup: from now on it counts."""
        fresh = base / f"{_MANIFEST}.new"
        fresh.write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
        fresh.rename(base / _MANIFEST)

    def prune(self, keep: int) -> list[Base]:
        """Remove all but the newest `keep` base backups, and log and files only they needed."""
        bases = self.bases()
        gone = bases[:-keep]
        for base in gone:
            shutil.rmtree(base.path)
        if gone:
            for segment in self._segments():
                if segment.name[8:SEGMENT_NAME] < bases[-keep].manifest.first_segment[8:]:
                    segment.unlink()
            self._prune_files(bases[-keep])
        return gone

    def _prune_files(self, oldest: Base) -> None:
        """Remove the copies of files that were deleted before the oldest backup kept.

        They were made before it, and it does not name them. A copy made since may be of a moment
        that can still be restored.
        """
        if (named := oldest.named()) is None:
            return
        before = datetime.fromisoformat(oldest.manifest.started).timestamp() - _CLOCKS
        for copy in self.files.glob("*/*/*"):
            if copy.stat().st_mtime < before and copies.key_of(copy, self.files) not in named:
                copy.unlink()

    def _segments(self) -> Iterator[Path]:
        for each in (self.path / "wal").glob("*/*"):
            if len(each.name.split(".")[0]) == SEGMENT_NAME:
                yield each


def name_files(base: Path, keys: Iterable[str]) -> str:
    """Keep the keys of a backup's files, one a line; the checksum of the list."""
    content = "\n".join(sorted(keys)).encode()
    (base / _NAMES).write_bytes(content)
    return sha256(content).hexdigest()


def _read(file: Path) -> Manifest:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["format"] not in {_OLDER, FORMAT}:
            raise StartError(f"{file} 由其他版本写入 / was written by another version of yikou.")
        return Manifest(**content)
    except (ValueError, TypeError, KeyError):
        raise StartError(f"{file} 已损坏 / is damaged.") from None
