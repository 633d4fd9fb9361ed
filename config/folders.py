"""Checking the folders among the settings, before anything is read or written there.

Raised ValueErrors complete the sentence that begins with the setting's name.
"""

from pathlib import Path

# The kernel's own views: nothing can be kept there.
_KERNELS = (Path("/proc"), Path("/sys"))


def check_writable(name: str | Path) -> None:
    """A folder to write in, which need not exist yet; ValueError for what can never be one."""
    path = Path(name).absolute()
    if any(path.resolve().is_relative_to(folder) for folder in _KERNELS):
        raise ValueError(f"不能在 /proc 或 /sys 下 / must not lie in /proc or /sys: {path}")
    present = next(each for each in (path, *path.parents) if each.exists())
    if not present.is_dir():
        raise ValueError(f"须为文件夹，而 {present} 不是 / must be a folder, and {present} is none")


def check_apart(name: str | Path) -> None:
    """A folder to write in that is not the whole disk; ValueError otherwise."""
    if Path(name).resolve() == Path("/"):
        raise ValueError("须为单独的文件夹，不能是 / must be a folder of its own, not: /")
    check_writable(name)


def check_present(name: str | Path) -> None:
    """A folder that is there to be read; ValueError otherwise."""
    path = Path(name)
    if not path.is_dir():
        why = "不是文件夹 / is no folder" if path.exists() else "不存在 / does not exist"
        raise ValueError(f"须为已有的文件夹 / must be a folder: {path} {why}")
