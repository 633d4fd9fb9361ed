"""A store of the S3 kind, played by a server that keeps what it is given."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from backend.errors import Unavailable
from backend.files import operations, store
from config.settings import SettingsError, settings
from models import StoredFile
from tests.accounts import an_account
from tests.backend.files.pictures import PDF


class Bucket:
    """Objects by path; `away` makes it answer as a broken store does."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.away = False

    async def answer(self, request: web.Request) -> web.Response:
        if self.away:
            return web.Response(status=403)
        if request.method == "PUT":
            self.objects[request.path] = await request.read()
        elif request.path not in self.objects:
            return web.Response(status=404)
        return web.Response(body=self.objects[request.path], headers={"ETag": '"e"'})


@pytest.fixture
async def bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bucket]:
    bucket, app = Bucket(), web.Application()
    app.router.add_route("*", "/{path:.*}", bucket.answer)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{runner.addresses[0][1]}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    _use(monkeypatch, "s3://papers/yikou")
    yield bucket
    monkeypatch.undo()
    _forget()
    await runner.cleanup()


def _use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("YIKOU_FILES_URL", url)
    _forget()


def _forget() -> None:
    settings.cache_clear()
    store.current.cache_clear()


async def test_a_store_named_by_url_is_used(bucket: Bucket) -> None:
    await store.put("ab/cd/ef", PDF)

    assert await store.get("ab/cd/ef") == PDF
    assert list(bucket.objects) == ["/papers/yikou/ab/cd/ef"]
    assert PDF not in bucket.objects["/papers/yikou/ab/cd/ef"]


async def test_while_the_store_is_away_nothing_is_promised(bucket: Bucket, database: None) -> None:
    resident = await an_account(person_key="p")
    bucket.away = True

    for call in (
        operations.upload(resident.id, name="a.pdf", content=PDF),
        store.get("ab/cd/ef"),
    ):
        with pytest.raises(Unavailable) as refused:
            await call
        assert refused.value.code == "files_unavailable"
    assert await StoredFile.all().count() == 0


@pytest.mark.parametrize("url", ["papers", "nothing://papers", "s3://"])
async def test_an_unusable_url_is_told_in_a_sentence(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    _use(monkeypatch, url)

    with pytest.raises(SettingsError, match="YIKOU_FILES_URL"):
        store.current()
