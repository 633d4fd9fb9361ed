"""The bytes of files in a backup: written once under random names, so only new ones are copied."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import obstore
from obstore.exceptions import BaseError

from backend.files import store
from config.errors import StartError

_AT_ONCE = 8


async def copy_new(keys: Sequence[str], to: Path) -> None:
    """Copy what is not yet there; raises StartError if the store does not give it."""
    have = await asyncio.to_thread(lambda: [key for key in keys if not (to / key).exists()])
    gate = asyncio.Semaphore(_AT_ONCE)

    async def copy(key: str) -> None:
        async with gate:
            await asyncio.to_thread(_write, to / key, await _read(key))

    async with asyncio.TaskGroup() as group:
        for key in have:
            group.create_task(copy(key))


async def _read(key: str) -> bytes:
    """As it lies there, sealed."""
    try:
        found = await obstore.get_async(store.current(), key)
        return bytes(await found.bytes_async())
    except (BaseError, OSError) as error:
        raise StartError(
            f"无法读取文件 {key}。 The file store does not give it: {type(error).__name__}."
        ) from error


def _write(to: Path, content: bytes) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    fresh = to.with_name(f"{to.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(to)
