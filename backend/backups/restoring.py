"""Bringing a backup back, as of any moment since it was taken, into an empty folder."""

import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from backend.backups import adoption
from backend.backups.bringing import Copied
from backend.backups.folder import Base, Folder
from backend.backups.recovery import Recovery
from backend.backups.taking import digest
from config.embedded import postgres, tools
from config.embedded.confinement import owner_of
from config.embedded.lock import owned, var_dir_ready
from config.embedded.servers import check_disk
from config.errors import StartError

LATEST = "latest"
SHOWN = 5
# Python also reads 20260309T10+08 and 2026-W11-1T10+08:00, of which a slip makes another moment.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
# What an earlier try to restore leaves, and the root of a disk has.
OURS = {"owner.lock", "processes.json", "log", "sockets", "lost+found"}


def moment(text: str) -> datetime | None:
    """A moment in RFC 3339, with its offset from UTC; None for `latest`. Raises StartError."""
    if text == LATEST:
        return None
    if _MOMENT.fullmatch(text):
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    raise StartError(
        "--to 须为 latest 或带时区的时间，例如 2026-03-09T10:00:00+08:00"
        " / takes 'latest' or a time with its offset, such as 2026-03-09T10:00:00+08:00."
    )


def choose(folder: Folder, to: datetime | None) -> Base:
    """The newest base backup that ended by then; raises StartError if there is none."""
    bases = folder.bases()
    fitting = [base for base in bases if to is None or base.manifest.ended_at <= to]
    if not bases:
        raise StartError(f"{folder.path} 中没有备份。 There is no backup in it.")
    if not fitting:
        oldest = bases[0].manifest.ended
        raise StartError(
            f"最早的备份完成于 {oldest}，晚于指定时间。 The oldest backup is later than that."
        )
    return fitting[-1]


async def restore(
    folder: Folder,
    var_dir: Path,
    *,
    to: datetime | None,
    say: Callable[[str], None],
    skip_damaged: bool = False,
    durable: bool = True,
) -> Base:
    """Restore database and files into `var_dir`, which is left as `yikou run` takes it.

    Verifies first, and refuses a folder that holds anything. A file whose copy is damaged or
    missing is told, and with `skip_damaged` left out. Raises StartError; what was begun is undone.
    """
    base = choose(folder, to)
    _check_apart(folder, var_dir)
    var_dir = var_dir_ready(var_dir)
    with owned(var_dir):
        _check(base, var_dir)
        copied = Copied(folder, say=say, skip=skip_damaged)
        copied.check(base.named() or ())
        say(f"{base.manifest.ended} 的备份校验通过。 The backup is verified.")
        server = postgres.Postgres(var_dir, durable=durable)
        _lay_out(base, server)
        try:
            recovered = await Recovery(folder, base, server).run(to)
            adoption.rename(server, owner=base.manifest.owner, name=base.manifest.database)
            count = copied.bring(recovered.keys, var_dir / "files")
        except BaseException:
            shutil.rmtree(server.data, ignore_errors=True)
            shutil.rmtree(var_dir / "files", ignore_errors=True)
            raise
    say(
        f"数据库和 {count} 个文件已恢复到 {to.isoformat() if to else LATEST}，"
        f"最后一次改动在 {recovered.last.isoformat()}。"
        f" Database and files are restored; their last change is of {recovered.last.isoformat()}."
    )
    return base


def _check_apart(folder: Folder, var_dir: Path) -> None:
    """What is restored may be removed again, and the backups must not go with it."""
    if var_dir.resolve().is_relative_to(folder.path.resolve()):
        raise StartError(
            f"{var_dir} 在备份目录之中，请恢复到别处。"
            " It lies in the folder of the backups: restore to another place."
        )


def _check(base: Base, var_dir: Path) -> None:
    if there := sorted(each.name for each in var_dir.iterdir() if _in_the_way(each)):
        raise StartError(
            f"{var_dir} 不是空目录（{'、'.join(there[:SHOWN])}），请恢复到新的 YIKOU_VAR_DIR。"
            f" It is not empty ({', '.join(there[:SHOWN])}): restore into a new YIKOU_VAR_DIR."
        )
    if base.manifest.postgres.partition(".")[0] != postgres.VERSION:
        raise StartError(
            f"备份来自 PostgreSQL {base.manifest.postgres}，须用同一大版本恢复。"
            " The backup is of another version."
        )
    if digest(base.postgres) != base.manifest.postgres_sha256:
        raise StartError(f"备份清单已损坏。 The manifest in {base.postgres} is damaged.")
    tools.verify(base.postgres)
    check_disk(var_dir, base.manifest.postgres_bytes + base.manifest.files_bytes)


def _in_the_way(place: Path) -> bool:
    """Whether it may be of another time: what a server had, or anything that we do not know."""
    if place.name in OURS:
        return False
    mount = place.name in {"postgres", "files"} and place.is_dir()
    return not mount or any(place.iterdir())


def _lay_out(base: Base, server: postgres.Postgres) -> None:
    """Copy the cluster, for the account that PostgreSQL runs under."""
    owner = owner_of(server.var_dir)
    if server.data.exists():
        server.data.rmdir()
    shutil.copytree(base.postgres, server.data, symlinks=True)
    server.data.chmod(0o700)
    adoption.settle(server.data)
    (server.data / "recovery.signal").touch()
    if not owner.is_us:
        for each in (server.data, *server.data.rglob("*")):
            shutil.chown(each, owner.uid, owner.gid)
