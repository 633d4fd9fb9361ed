"""One owner per var dir: a file lock, which the kernel drops however its holder ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from config.errors import StartError

_held: set[IO[str]] = set()


class VarDirInUse(StartError):
    """Another process owns the var dir."""


def var_dir_ready(var_dir: Path) -> Path:
    """The folder, created if missing; raises StartError when we may not write there."""
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise StartError(f"YIKOU_VAR_DIR {var_dir} 不是目录 / is not a folder.") from None
    except OSError as error:
        raise StartError(
            f"YIKOU_VAR_DIR {var_dir} 无法创建 / cannot be made: {error.strerror}."
        ) from None
    if not os.access(var_dir, os.W_OK | os.X_OK):
        raise StartError(
            f"YIKOU_VAR_DIR {var_dir} 当前用户不能写入 / cannot be written by this user."
        )
    return var_dir.resolve()


@contextlib.contextmanager
def owned(var_dir: Path) -> Iterator[None]:
    """Own the var dir meanwhile; raises VarDirInUse when another process does."""
    with (var_dir / "owner.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise VarDirInUse(
                f"{var_dir} 上已有一口办在运行。"
                f" Yikou already runs there (process {file.read().strip() or 'unknown'})."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        _held.add(file)
        try:
            yield
        finally:
            _held.discard(file)


def _let_go() -> None:
    """A copy of the owner owns nothing: its open file would outlive the owner and hold the lock."""
    for file in _held:
        file.close()
    _held.clear()


os.register_at_fork(after_in_child=_let_go)
