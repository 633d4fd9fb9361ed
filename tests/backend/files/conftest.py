"""An S3 server, and a bucket of it for each test."""

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import ClientSession

from backend.files import store
from config.settings import settings
from tests.backend.files.bucket import Bucket, between


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of the server, which runs in a thread of this process."""
    # Half a second to import, and one process needs it.
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
async def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    """A new bucket in which the deployment keeps its files, with a proxy in between."""
    async with ClientSession() as http, between(http, s3) as proxy:
        bucket = Bucket(f"papers-{secrets.token_hex(4)}", s3, proxy, http)
        async with http.put(f"{s3}/{bucket.name}") as made:
            assert made.status == 200
        monkeypatch.setenv("AWS_ENDPOINT", proxy.url)
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("YIKOU_FILES_URL", f"s3://{bucket.name}/yikou")
        forget()
        yield bucket
        monkeypatch.undo()
        forget()


def forget() -> None:
    """Have settings and store made anew."""
    settings.cache_clear()
    store.current.cache_clear()
    store.breaker.cache_clear()
