"""The folder of the servers' unix sockets."""

import hashlib
import os
from pathlib import Path

from config.embedded.confinement import Owner
from config.errors import StartError

# A socket's whole path fits 104 bytes on macOS, 108 on Linux; PostgreSQL adds `.s.PGSQL.5432`.
LONGEST = 88


def folder(var_dir: Path) -> Path:
    """Where this var dir's sockets are: inside it, or under /tmp when its path is too long."""
    place = var_dir.resolve() / "sockets"
    if len(os.fsencode(place)) <= LONGEST:
        return place
    digest = hashlib.sha256(os.fsencode(place)).hexdigest()[:16]
    return Path(f"/tmp/yikou-{digest}")  # noqa: S108 - checked for its owner below


def prepare(var_dir: Path, owner: Owner) -> Path:
    """Create the folder so that only `owner` (and root) may enter it."""
    place = folder(var_dir)
    place.mkdir(mode=0o700, exist_ok=True)
    status = place.lstat()
    if place.is_symlink() or status.st_uid not in {os.geteuid(), owner.uid}:
        raise StartError(
            f"{place} 属于其他用户：请删除，或另设 YIKOU_VAR_DIR。"
            " It belongs to somebody else: remove it or set YIKOU_VAR_DIR."
        )
    place.chmod(0o700)
    if not owner.is_us:
        os.chown(place, owner.uid, owner.gid)
    return place
