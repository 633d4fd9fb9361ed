"""The bytes of files out of a backup, each compared with what was copied."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from backend.backups import copies
from backend.backups.folder import Folder
from backend.files import mounted
from config.errors import StartError


class Copied:
    """The copies of a folder; `skip` leaves out what is damaged or missing instead of refusing."""

    def __init__(self, folder: Folder, *, say: Callable[[str], None], skip: bool) -> None:
        self.folder = folder.files
        self.say = say
        self.skip = skip
        self.sound: dict[str, Path] = {}
        self.damaged: set[str] = set()

    def check(self, keys: Iterable[str]) -> None:
        """Read the copies there are of these files; raises StartError if one is damaged."""
        known = self.sound.keys() | self.damaged
        there = copies.found(set(keys) - known, self.folder)
        damaged = {key: copy for key, copy in there.items() if copies.damaged(copy)}
        for copy in damaged.values():
            self.say(f"文件副本已损坏。 The copy of a file is damaged: {copy}.")
        self.damaged |= damaged.keys()
        self.sound |= {key: copy for key, copy in there.items() if key not in damaged}
        self._refuse(len(damaged))

    def bring(self, keys: Iterable[str], to: Path) -> int:
        """Bring these files, and say how many; raises StartError if one is damaged or missing."""
        wanted = set(keys)
        self.check(wanted)
        missing = sorted(wanted - self.sound.keys() - self.damaged)
        for key in missing:
            self.say(f"备份中缺少文件。 A file is not in the backup: {key}.")
        self._refuse(len(missing))
        brought = {key: self.sound[key] for key in wanted & self.sound.keys()}
        if older := copies.unchecked(brought.values()):
            self.say(
                f"{older} 个文件的副本由旧版本写入，没有校验值，未核对。"
                f" {older} copies of files are of an older version, without checksums: not checked."
            )
        mounted.put_mark(to)
        for key, copy in brought.items():
            (to / key).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(copy, to / key)
        return len(brought)

    def _refuse(self, faults: int) -> None:
        if faults and not self.skip:
            raise StartError(
                f"{faults} 个文件损坏或缺失，未恢复；--skip-damaged 可跳过它们。"
                f" {faults} files are damaged or missing: nothing is restored;"
                " --skip-damaged leaves them out."
            )
