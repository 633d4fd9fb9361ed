"""A store of the S3 kind over HTTP, and all that it may do wrong."""

import asyncio
from time import monotonic

import pytest
from aiohttp import web
from obstore.exceptions import GenericError

from backend.audit import Actor
from backend.errors import NotFound
from backend.files import faults, links, operations, queries, store
from backend.files.owners import Owner
from backend.files.refusals import FilesUnavailable
from backend.refusals import StorageFull
from config import breaker, clock
from config.settings import SettingsError
from models import Resident, StoredFile
from tests.accounts import an_account
from tests.backend.files.bucket import (
    Bucket,
    Fault,
    at_first,
    cut,
    forgetful,
    refusing,
    reset,
    silent,
)
from tests.backend.files.conftest import forget
from tests.backend.files.pictures import PDF

KEY = "ab/cd/ef"
RETRIED = 3
FAULTS: dict[str, Fault] = {
    "silent": silent,
    "reset": reset,
    "cut off": cut,
    "forgetful": forgetful,
    "SlowDown": refusing(503, "SlowDown"),
    "InternalError": refusing(500, "InternalError"),
    "AccessDenied": refusing(403, "AccessDenied"),
    "NoSuchBucket": refusing(404, "NoSuchBucket"),
}
FULL: dict[str, Fault] = {
    "507": refusing(507, "XMinioStorageFull"),
    "quota": refusing(403, "QuotaExceeded"),
    "507 without a word": refusing(507, ""),
}


@pytest.fixture
async def resident(database: None) -> Resident:
    return await an_account()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits five seconds for a store that will not answer."""
    monkeypatch.setattr(store, "PATIENCE", 0.3)
    store.current.cache_clear()


async def opened(file: StoredFile) -> bytes:
    """What a link to the file shows."""
    link = links.link(file.id, to=Actor("resident", file.resident_id), now=clock.now())
    _, content = await queries.content_by_link(link.removeprefix(f"{links.PATH}/"), now=clock.now())
    return content


async def test_what_is_put_lies_sealed_in_the_bucket_until_it_is_deleted(bucket: Bucket) -> None:
    await store.put(KEY, PDF)

    assert await store.get(KEY) == PDF
    assert [key for key, _ in await store.listed("ab")] == [KEY]
    lying = await bucket.lying(KEY)
    assert lying
    assert PDF not in lying
    for _ in range(2):
        await store.delete([KEY])
    assert await bucket.lying(KEY) is None
    assert await store.listed("ab") == []


@pytest.mark.parametrize("fault", FAULTS)
async def test_while_the_store_fails_nothing_is_promised_and_later_all_is_well(
    fault: str, bucket: Bucket, resident: Resident, request: pytest.FixtureRequest
) -> None:
    bucket.proxy.fault = FAULTS[fault]
    if fault == "silent":
        request.getfixturevalue("impatient")

    with pytest.raises(FilesUnavailable) as refused:
        await operations.upload(
            Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
        )
    assert refused.value.code == "files_unavailable"
    assert await StoredFile.all().count() == 0

    bucket.proxy.fault = None
    request.getfixturevalue("monkeypatch").setattr(store, "PATIENCE", 5.0)
    forget()
    assert await opened(
        await operations.upload(
            Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
        )
    )


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - {"forgetful"}))
async def test_a_file_is_not_lost_because_the_store_does_not_give_it(
    fault: str, bucket: Bucket, request: pytest.FixtureRequest
) -> None:
    await store.put(KEY, PDF)
    bucket.proxy.fault = FAULTS[fault]
    if fault == "silent":
        request.getfixturevalue("impatient")

    for call in (store.get(KEY), store.listed("ab"), store.delete([KEY])):
        with pytest.raises(FilesUnavailable):
            await call

    assert await bucket.lying(KEY)


async def test_a_store_that_hangs_is_left_alone_until_it_answers_again(
    bucket: Bucket, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.put(KEY, PDF)
    bucket.proxy.fault, bucket.proxy.asked = silent, []
    for call in (store.put(KEY, PDF), store.get(KEY), store.put(KEY, PDF), store.delete([KEY])):
        with pytest.raises(FilesUnavailable):
            await call
    assert bucket.proxy.asked == ["PUT"]

    bucket.proxy.fault = None
    later = monotonic() + breaker.PAUSE_SECONDS
    monkeypatch.setattr(breaker, "monotonic", lambda: later)
    monkeypatch.setattr(store, "PATIENCE", 5.0)
    assert await store.get(KEY) == PDF
    assert store.breaker().state is breaker.State.CLOSED


@pytest.mark.parametrize("fault", ["SlowDown", "InternalError", "reset"])
async def test_what_goes_wrong_once_is_tried_again_a_few_times(fault: str, bucket: Bucket) -> None:
    bucket.proxy.fault = at_first(FAULTS[fault])
    await store.put(KEY, PDF)
    assert await bucket.lying(KEY)

    bucket.proxy.fault, bucket.proxy.asked = refusing(503, "SlowDown"), []
    with pytest.raises(FilesUnavailable):
        await store.put(KEY, PDF)
    assert bucket.proxy.asked == ["PUT"] * RETRIED


@pytest.mark.parametrize("fault", FULL)
async def test_a_full_store_takes_nothing_and_still_gives(
    fault: str, bucket: Bucket, resident: Resident
) -> None:
    file = await operations.upload(
        Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
    )

    async def no_room(request: web.Request) -> web.StreamResponse | None:
        return await FULL[fault](request) if request.method == "PUT" else None

    bucket.proxy.fault = no_room
    with pytest.raises(StorageFull):
        await operations.upload(
            Owner("resident", resident.id), name="b.pdf", content=PDF, now=clock.now()
        )
    assert await opened(file)

    bucket.proxy.fault = None
    assert await operations.upload(
        Owner("resident", resident.id), name="b.pdf", content=PDF, now=clock.now()
    )


@pytest.mark.parametrize("number", [28, 122])
def test_a_folder_without_room_is_full_too(number: int) -> None:
    # As the library says it of ENOSPC and EDQUOT; it has no class for them.
    said = f"Generic LocalFileSystem error: Unable to copy data to file: - (os error {number})"

    assert isinstance(faults.refusal(GenericError(said)), StorageFull)


async def test_a_file_that_the_store_has_lost_is_told_so_and_uploaded_again(
    bucket: Bucket, resident: Resident
) -> None:
    file = await operations.upload(
        Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
    )
    content = await opened(file)
    await bucket.lose(file.key)

    with pytest.raises(NotFound) as refused:
        await opened(file)
    assert refused.value.code == "file_lost"

    again = await operations.upload(
        Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
    )
    assert again.id == file.id
    assert await opened(file) == content


async def test_no_more_than_a_few_ask_the_store_at_once(bucket: Bucket) -> None:
    await store.put(KEY, PDF)
    waiting, most, go_on = 0, 0, asyncio.Event()

    async def slow(_request: web.Request) -> None:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        if waiting == store.AT_ONCE:
            go_on.set()
        await go_on.wait()
        waiting -= 1

    bucket.proxy.fault = slow
    found = await asyncio.gather(*(store.get(KEY) for _ in range(store.AT_ONCE + 8)))

    assert set(found) == {PDF}
    assert most == store.AT_ONCE


@pytest.mark.parametrize("url", ["papers", "nothing://papers", "s3://"])
async def test_an_unusable_url_is_told_in_a_sentence(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("YIKOU_FILES_URL", url)
    forget()

    with pytest.raises(SettingsError, match="YIKOU_FILES_URL"):
        store.current()
