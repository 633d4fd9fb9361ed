"""The file store: a local folder, or what YIKOU_FILES_URL names; all that lies there is sealed."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from backend.files import faults
from backend.files.refusals import FileLost, FilesUnavailable
from config import vault
from config.breaker import Breaker
from config.settings import SettingsError, settings

PATIENCE = 5.0
"""Seconds for one call, waiting for a place and repetitions included: a person waits for it."""
AT_ONCE = 16
FOLDER = "files"
MARK = ".yikou-files"
"""Lies in the folder of the files; see `mounted`. It is no file of anybody's."""

_places = asyncio.Semaphore(AT_ONCE)


@cache
def breaker() -> Breaker:
    """The process's: after one call without an answer the store is left alone for a while."""
    return Breaker("files", fails=faults.is_silence, refusal=FilesUnavailable)


@cache
def current() -> ObjectStore:
    """The deployment's store; at first use raises SettingsError if YIKOU_FILES_URL is unusable.

    Credentials of S3 and the like come from the store's usual variables, such as AWS_ENDPOINT.
    """
    url = settings().files_url
    if not url:
        return LocalStore(settings().var_dir / FOLDER, mkdir=True)
    patience = timedelta(seconds=PATIENCE)
    try:
        return from_url(
            url,
            client_options={
                "timeout": patience,
                "connect_timeout": patience,
                "allow_http": True,  # where the operator wrote so: a store next door
            },
            retry_config={"max_retries": 2, "retry_timeout": patience},
        )
    except (BaseError, ValueError) as error:
        raise SettingsError(
            "YIKOU_FILES_URL 或其凭据无法使用 / or its credentials cannot be used."
        ) from error


def folder() -> Path | None:
    """Where the files lie on this machine, if they do; it may not be there yet."""
    url = urlsplit(settings().files_url)
    if not url.scheme:
        return settings().var_dir / FOLDER
    return Path(unquote(url.path)) if url.scheme == "file" else None


def new_key() -> str:
    """A random place: nobody can guess it, and folders stay small."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:4]}/{name[4:]}"


async def put(key: str, content: bytes) -> None:
    """Seal, store and look whether it lies there; else FilesUnavailable, or StorageFull."""
    sealed = await asyncio.to_thread(vault.seal, content, context=_context(key))
    until = _patience()
    async with _call(until) as store:
        # In one request: of several, the first ones would lie there for ever when the last fails.
        await obstore.put_async(store, key, sealed, use_multipart=False)
    if await _size(key, until) != len(sealed):
        raise faults.away("write lost")
    if not settings().files_url:
        async with _call(until):
            await asyncio.to_thread(_onto_disk, key)


async def get(key: str) -> bytes:
    """What was put there; FileLost if it is gone, FilesUnavailable if the store is away."""
    try:
        async with _call(_patience()) as store:
            found = await obstore.get_async(store, key)
            sealed = bytes(await found.bytes_async())
    except FileNotFoundError as error:
        faults.lost(key)
        raise FileLost from error
    return await asyncio.to_thread(vault.unseal, sealed, context=_context(key))


async def holds(key: str, size: int) -> bool:
    """Whether content of this size or more lies there; FilesUnavailable if nobody says."""
    kept = await _size(key, _patience())
    return kept is not None and kept >= size


async def delete(keys: list[str]) -> None:
    """Delete what lies there, if anything; FilesUnavailable if the store does not."""
    try:
        async with _call(_patience()) as store:
            await obstore.delete_async(store, keys)
    except FileNotFoundError:
        return


async def listed(folder: str) -> list[tuple[str, datetime]]:
    """The keys in this folder and since when they lie there; FilesUnavailable as above."""
    async with _call(_patience()) as store:
        found = await obstore.list(store, prefix=folder).collect_async()
    return [(str(each["path"]), each["last_modified"]) for each in found]


def _patience() -> float:
    """Until when the event loop waits for what begins now."""
    return asyncio.get_running_loop().time() + PATIENCE


async def _size(key: str, until: float) -> int | None:
    try:
        async with _call(until) as store:
            return (await obstore.head_async(store, key))["size"]
    except FileNotFoundError:
        return None


@asynccontextmanager
async def _call(until: float) -> AsyncIterator[ObjectStore]:
    """One call: few at once, in a bounded time, its failures told as ours; FileNotFoundError."""
    try:
        with breaker().guard():
            async with asyncio.timeout_at(until), _places:
                yield current()
                faults.answered()
    except FileNotFoundError as error:
        if faults.no_bucket(error):
            raise faults.refusal(error) from error
        raise
    except (BaseError, OSError) as error:
        raise faults.refusal(error) from error


def _onto_disk(key: str) -> None:
    """Have the file and its name outlive a loss of power; the library leaves both in memory."""
    place = settings().var_dir / FOLDER / key
    for each in (place, *list(place.parents)[: key.count("/") + 1]):
        opened = os.open(each, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _context(key: str) -> str:
    return f"file:{key}"
