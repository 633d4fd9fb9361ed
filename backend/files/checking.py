"""Whether the file store can be used at all, asked before anybody uploads."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError

from backend.files import faults, store
from config.errors import StartError
from config.settings import settings

PATIENCE = 5.0
_SAID = {
    "NoSuchBucket": "没有这个存储桶 / there is no such bucket",
    "InvalidAccessKeyId": "访问密钥不存在 / the access key is unknown",
    "SignatureDoesNotMatch": "私有密钥有误 / the secret key is wrong",
    "AccessDenied": "访问密钥无权列出该存储桶 / the access key may not list the bucket",
    "403": "访问密钥不存在，或无权列出该存储桶"
    " / the access key is unknown or may not list the bucket",
    "404": "AWS_ENDPOINT 处不是这种存储 / what answers at AWS_ENDPOINT is no such store",
    "no credentials": "未设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY"
    " / AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set",
    "no connection": "AWS_ENDPOINT 处无应答 / nothing answers at AWS_ENDPOINT",
    "no answer": f"AWS_ENDPOINT {PATIENCE:.0f} 秒内没有应答"
    f" / does not answer within {PATIENCE:.0f} seconds",
}


async def check() -> None:
    """Ask the store that YIKOU_FILES_URL names for one name; raises StartError in a sentence.

    A folder of ours needs no asking. Nothing is written.
    """
    if not settings().files_url:
        return
    with told():
        async with asyncio.timeout(PATIENCE):
            async for _ in obstore.list(store.current(), prefix="00", chunk_size=1):
                break


@contextmanager
def told() -> Iterator[None]:
    """Turn what keeps the store from being used into a StartError of one sentence."""
    try:
        yield
    except (BaseError, OSError) as error:
        why = faults.reason(error)
        reason = _SAID.get(why, why)
        raise StartError(
            f"YIKOU_FILES_URL 文件存储无法使用 / cannot be used: {_place()}: {reason}."
        ) from error


def _place() -> str:
    if not settings().files_url:
        return str(store.folder())
    parts = urlsplit(settings().files_url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
