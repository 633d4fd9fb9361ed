"""The bytes of files in a backup: written once under random names, so only new ones are copied.

A copy is named by its file's key and the SHA-256 of what was copied, `<key>.<sha256>`: the folder
itself tells which copy is damaged, whoever made it. Older versions named it by the key alone.
"""

import asyncio
import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import obstore
from obstore.exceptions import BaseError

from backend.files import store
from config.errors import StartError

_AT_ONCE = 8
_UNFINISHED = "new"


async def copy_new(keys: Sequence[str], to: Path) -> None:
    """Copy what is not yet there with its checksum; raises StartError if the store has it not."""
    have = await asyncio.to_thread(found, keys, to)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def copy(key: str) -> None:
        async with gate:
            try:
                content = await _read(key)
            except StartError:
                if key in have:  # of an older version, and now the only one
                    return
                raise
            await asyncio.to_thread(_write, to / key, content)

    async with asyncio.TaskGroup() as group:
        for key in keys:
            if key not in have or _noted(have[key]) is None:
                group.create_task(copy(key))


def found(keys: Iterable[str], folder: Path) -> dict[str, Path]:
    """The copies of these files, by key; the one with a checksum if there are two."""
    wanted = set(keys)
    copies: dict[str, Path] = {}
    for place in {key.rpartition("/")[0] for key in wanted}:
        for copy in sorted((folder / place).glob("*")):
            key = key_of(copy, folder)
            if key in wanted and not copy.name.endswith(f".{_UNFINISHED}"):
                copies[key] = copy
    return copies


def key_of(copy: Path, folder: Path) -> str:
    """The key of the file that this is a copy of."""
    return str(copy.relative_to(folder)).partition(".")[0]


def damaged(copy: Path) -> bool:
    """Whether it is not what was copied; one of an older version, without a checksum, is not."""
    noted = _noted(copy)
    if noted is None:
        return False
    with copy.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() != noted


def unchecked(copies: Iterable[Path]) -> int:
    """How many of them have no checksum."""
    return sum(_noted(copy) is None for copy in copies)


def _noted(copy: Path) -> str | None:
    return copy.name.partition(".")[2] or None


async def _read(key: str) -> bytes:
    """As it lies there, sealed."""
    try:
        found = await obstore.get_async(store.current(), key)
        return bytes(await found.bytes_async())
    except (BaseError, OSError) as error:
        raise StartError(
            f"无法读取文件 {key}。 The file store does not give it: {type(error).__name__}."
        ) from error


def _write(plain: Path, content: bytes) -> None:
    plain.parent.mkdir(parents=True, exist_ok=True)
    fresh = plain.with_name(f"{plain.name}.{_UNFINISHED}")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(plain.with_name(f"{plain.name}.{hashlib.sha256(content).hexdigest()}"))
    plain.unlink(missing_ok=True)
