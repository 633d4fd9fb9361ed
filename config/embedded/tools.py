"""PostgreSQL's own programs as clients: base backups, the stream of its log, checks of both."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import IO, Any

from config.embedded.postgres import binary
from config.embedded.processes import Program
from config.errors import StartError

SLOT = "yikou_backup"
STILL_SECONDS = 300.0
"""How long a base backup may stand still: a checkpoint comes first, and at last all is synced."""
LOOKS = 60


def _program(name: str) -> str:
    """The one of the wheel, or of the PATH; raises StartError."""
    try:
        return str(binary(name))
    except StartError:
        found = shutil.which(name)
        if found is None:
            raise StartError(
                f"未找到 {name}：请安装 yikou[embedded]。"
                f" There is no {name} here: install yikou[embedded]."
            ) from None
        return found


def _place(credentials: Mapping[str, Any]) -> dict[str, str]:
    """How libpq is told of the server: by environment, since all may read a command line."""
    named = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    told = {name: str(credentials[key]) for key, name in named.items() if credentials.get(key)}
    told["PGCONNECT_TIMEOUT"] = "10"
    if credentials.get("ssl"):
        told["PGSSLMODE"] = str(credentials["ssl"])
    return told


def base_backup(credentials: Mapping[str, Any], to: Path) -> None:
    """Copy the running server into the new folder `to`, with the log that makes it consistent.

    Raises StartError with what PostgreSQL said, as for a user without the right to replicate, and
    when nothing comes for STILL_SECONDS.
    """
    argv = (
        _program("pg_basebackup"),
        *("-D", str(to), "-c", "fast", "-X", "stream", "-w", "--manifest-checksums=SHA256"),
    )
    with tempfile.TemporaryFile() as stderr:
        # A group of its own: the child of its own that receives the log does not end with it.
        child = subprocess.Popen(
            argv,
            env={**os.environ, **_place(credentials)},
            stderr=stderr,
            start_new_session=True,
        )
        try:
            failed = _while_it_grows(child, to)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if failed:
            raise StartError(f"基础备份失败。 The base backup failed: {_said(stderr)}")


def verify(base: Path) -> None:
    """Compare each file of a base backup with its checksum; raises StartError naming one.

    As pg_verifybackup does, which in the wheel of PostgreSQL 18.4 ends with a segmentation fault.
    """
    for file in json.loads((base / "backup_manifest").read_bytes())["Files"]:
        path = base / file["Path"]
        if not path.is_file() or _sha256(path) != file["Checksum"]:
            raise StartError(f"基础备份已损坏。 The base backup is damaged: {path}.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def log_stream(credentials: Mapping[str, Any], to: Path, *, output: int) -> Program:
    """The program that writes the server's log into `to` as it comes, from where it stood last.

    What it has to say goes into the descriptor `output`. The slot keeps what was not yet received;
    the server's max_slot_wal_keep_size bounds that.
    """
    return Program(
        name="WAL archive",
        argv=(_program("pg_receivewal"), "-D", str(to), "--slot", SLOT, "-s", "1", "-w"),
        environ=_place(credentials),
        output=output,
    )


def _said(stderr: IO[bytes]) -> str:
    stderr.seek(0)
    lines = stderr.read().decode(errors="replace").strip().splitlines() or ["no output"]
    return lines[0].partition("error: ")[2] or lines[0]


def _while_it_grows(child: "subprocess.Popen[bytes]", to: Path) -> int:
    """Its exit status; raises StartError when the folder `to` has not changed for too long."""
    size, since = -1, monotonic()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(STILL_SECONDS / LOOKS)
        if (now := _bytes(to)) != size:
            size, since = now, monotonic()
        elif monotonic() - since > STILL_SECONDS:
            raise StartError(
                f"基础备份已停顿 {STILL_SECONDS:.0f} 秒，已放弃：数据库没有应答。"
                f" The base backup was given up: nothing came for {STILL_SECONDS:.0f} seconds."
            )


def _bytes(folder: Path) -> int:
    size = 0
    for each in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # renamed meanwhile
            size += each.stat().st_size
    return size
