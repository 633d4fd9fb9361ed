"""Having PostgreSQL replay the log over a base backup, up to a moment or to the log's end."""

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from backend.backups import ending, statements
from backend.backups.folder import Base, Folder
from config import database
from config.embedded import postgres
from config.embedded.processes import stop
from config.embedded.roster import Roster
from config.embedded.servers import start
from config.errors import StartError

SECONDS = 86400.0
# What PostgreSQL writes into its log.
_BEGINNING = "starting PostgreSQL"
_UNREADABLE = re.compile(r'could not restore file "(\S+)" from archive')
_NOT_REACHED = "recovery ended before configured recovery target was reached"
_LAST = re.compile(r"last completed transaction was at log time (.+)")


@dataclass(frozen=True)
class Recovered:
    """The keys of the files that the database now names, and the moment of its last change."""

    keys: list[str]
    last: datetime


@dataclass(frozen=True)
class Recovery:
    """Replaying the log over `base`, which was copied to where `server` has its data."""

    folder: Folder
    base: Base
    server: postgres.Postgres

    async def run(self, to: datetime | None) -> Recovered:
        """Replay; raises StartError if the moment, or for None the log's end, is not reached."""
        server, system = self.server, self.base.manifest.system
        server.extra = {
            "restore_command": _bring(self.folder, system),
            "recovery_target_action": "promote",
            # With hot standby it says that it is ready long before it is there.
            "hot_standby": "off",
        }
        if to == self.base.manifest.ended_at:
            # Nothing behind it may show that it was reached.
            server.extra["recovery_target"] = "immediate"
        elif to is not None:
            server.extra["recovery_target_time"] = to.isoformat(" ")
        server.reads = tuple(_readable(self.folder, system))
        process = self._start(to)
        try:
            connection = await database.single(_url(self.base, server))
            try:
                keys = [row["key"] for row in await connection.fetch(statements.KEYS)]
                state = await connection.fetchrow(statements.REPLAYED)
            finally:
                await connection.close()
        finally:
            stop(process, server.program())
        if to is None:
            self._check_end(state["last"], state["size"])
        return Recovered(keys, state["last"] or self.base.manifest.ended_at)

    def _start(self, to: datetime | None) -> "subprocess.Popen[bytes]":
        try:
            return start(self.server, Roster(self.server.var_dir), seconds=SECONDS)
        except StartError as error:
            log = self.server.program().log
            assert log is not None  # noqa: S101 - every server has one
            said = log.read_text(encoding="utf-8", errors="replace").rpartition(_BEGINNING)[2]
            if found := _UNREADABLE.search(said):
                raise StartError(
                    f"日志 {found[1]} 无法读取，未恢复。"
                    f" {found[1]} of the log cannot be read: nothing is restored."
                ) from error
            if to is None or _NOT_REACHED not in said:
                raise
            last = _LAST.search(said)
            moments = self._nearest(datetime.fromisoformat(last[1]) if last else None)
            raise StartError(
                f"备份中的日志没有到 {to.isoformat()}，最近可恢复到 {moments}。"
                f" The log in the backup does not reach that moment; the nearest are: {moments}."
            ) from error

    def _check_end(self, last: datetime | None, size: int) -> None:
        end = ending.reached(self.server.data / "pg_wal", size)
        found = ending.broken(self.folder, self.base.manifest.system, end)
        if found is None:
            return
        before = f"--to {self._before(last).isoformat()}"
        fault = ("缺失", "missing") if found.missing else ("已损坏", "damaged")
        raise StartError(
            f"日志段 {found.segment} {fault[0]}，其后还有日志，未恢复；在它之前可恢复到 {before}。"
            f" Segment {found.segment} of the log is {fault[1]}, and the log goes on behind it:"
            f" nothing is restored; what came before is with {before}."
        )

    def _nearest(self, last: datetime | None) -> str:
        """The values of --to around a moment behind the last change of the base's log."""
        later = [each for each in self.folder.bases() if each.path.name > self.base.path.name]
        if not later:
            return "--to latest"
        return f"--to {self._before(last).isoformat()}, --to {later[0].manifest.ended}"

    def _before(self, last: datetime | None) -> datetime:
        """The last moment that the log shows to be over: its last change comes after it."""
        ended = self.base.manifest.ended_at
        return max(ended, last - timedelta(microseconds=1)) if last else ended


def _bring(folder: Folder, system: str) -> str:
    """The command by which PostgreSQL gets a part of the log.

    A segment that was still being written bears another name. Exit status 1 is the end of the log
    to PostgreSQL; with 126 it ends at once.
    """
    logs = f"{shlex.quote(str(folder.path / 'wal' / system))}-*"
    return (
        f'for part in {logs}/%f {logs}/%f.partial; do [ -e "$part" ] || continue;'
        ' cp "$part" "%p" && exit 0; exit 126; done; exit 1'
    )


def _readable(folder: Folder, system: str) -> list[Path]:
    """Where the log lies, and all of it; raises StartError if we may not read a part."""
    lines = sorted((folder.path / "wal").glob(f"{system}-*"))
    log = [*lines, *(segment for line in lines for segment in line.glob("*"))]
    for each in log:
        if not os.access(each, os.R_OK):
            raise StartError(f"当前用户不能读取 {each}。 This user cannot read it.")
    return log


def _url(base: Base, server: postgres.Postgres) -> str:
    name, user = base.manifest.database, base.manifest.owner
    return postgres.url(server.var_dir, quote(name, safe=""), user=quote(user, safe=""))
