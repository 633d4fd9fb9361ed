"""The folder of backups and what it says of each."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from config.embedded.postgres import NAME, OWNER
from config.errors import StartError

_MANIFEST = "manifest.json"
_SEGMENT_NAME = 24
FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One base backup: times are RFC 3339 in UTC, sizes in bytes.

    `postgres_sha256` is of PostgreSQL's own manifest, which has a checksum of each of its files.
    `owner` is who took it.
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

    @property
    def ended_at(self) -> datetime:
        """The first moment that can be restored from it."""
        return datetime.fromisoformat(self.ended)


@dataclass(frozen=True)
class Base:
    """A base backup in its folder."""

    path: Path
    manifest: Manifest

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
        """The bytes of files, by their keys."""
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
        """Remove all but the newest `keep` base backups, and the log that only they needed."""
        bases = self.bases()
        gone = bases[:-keep]
        for base in gone:
            shutil.rmtree(base.path)
        if gone:
            for segment in self._segments():
                if segment.name[8:_SEGMENT_NAME] < bases[-keep].manifest.first_segment[8:]:
                    segment.unlink()
        return gone

    def _segments(self) -> Iterator[Path]:
        for each in (self.path / "wal").glob("*/*"):
            if len(each.name.split(".")[0]) == _SEGMENT_NAME:
                yield each


def _read(file: Path) -> Manifest:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise StartError(f"{file} was written by another version of yikou.")
        return Manifest(**content)
    except (ValueError, TypeError, KeyError):
        raise StartError(f"{file} is damaged.") from None
