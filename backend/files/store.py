"""The file store: a local folder, or what YIKOU_FILES_URL names; all that lies there is sealed."""

import asyncio
import secrets
from datetime import datetime, timedelta
from functools import cache

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url
from structlog import get_logger

from backend.errors import Unavailable
from config import vault
from config.settings import SettingsError, settings

_PATIENCE = timedelta(seconds=10)

log = get_logger()


@cache
def current() -> ObjectStore:
    """The deployment's store; at first use raises SettingsError if YIKOU_FILES_URL is unusable.

    Credentials of S3 and the like come from the store's usual variables, such as AWS_ENDPOINT.
    """
    url = settings().files_url
    if not url:
        return LocalStore(settings().var_dir / "files", mkdir=True)
    try:
        return from_url(
            url,
            client_options={
                "timeout": _PATIENCE,
                "connect_timeout": _PATIENCE,
                "allow_http": True,  # where the operator wrote so: a store next door
            },
            retry_config={"max_retries": 2, "retry_timeout": _PATIENCE},
        )
    except (BaseError, ValueError) as error:
        raise SettingsError("YIKOU_FILES_URL or its credentials cannot be used.") from error


def new_key() -> str:
    """A random place: nobody can guess it, and folders stay small."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name[2:4]}/{name[4:]}"


async def put(key: str, content: bytes) -> None:
    """Seal and store; Unavailable if the store does not take it."""
    sealed = await asyncio.to_thread(vault.seal, content, context=_context(key))
    try:
        await obstore.put_async(current(), key, sealed)
    except (BaseError, OSError) as error:
        raise _away(error) from error


async def get(key: str) -> bytes:
    """What was put there; Unavailable if the store does not give it."""
    try:
        found = await obstore.get_async(current(), key)
        sealed = bytes(await found.bytes_async())
    except (BaseError, OSError) as error:
        raise _away(error) from error
    return await asyncio.to_thread(vault.unseal, sealed, context=_context(key))


async def delete(keys: list[str]) -> None:
    """Delete what lies there, if anything; Unavailable if the store does not."""
    try:
        await obstore.delete_async(current(), keys)
    except FileNotFoundError:
        return
    except (BaseError, OSError) as error:
        raise _away(error) from error


async def listed(folder: str) -> list[tuple[str, datetime]]:
    """The keys in this folder and since when they lie there; Unavailable as above."""
    try:
        found = await obstore.list(current(), prefix=folder).collect_async()
    except (BaseError, OSError) as error:
        raise _away(error) from error
    return [(str(each["path"]), each["last_modified"]) for each in found]


def _context(key: str) -> str:
    return f"file:{key}"


def _away(error: Exception) -> Unavailable:
    log.error("file_store_failed", error=type(error).__name__)
    return Unavailable("文件服务暂时不可用，请稍后再试", code="files_unavailable", retry_after=5)
