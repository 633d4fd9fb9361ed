import asyncio
import os
import stat
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from tortoise import timezone

from backend.audit import Actor
from backend.errors import NotFound
from backend.files import links, names, operations, queries, store, sweep
from backend.files.owners import Owner
from backend.files.refusals import FileQuotaExceeded
from config import clock
from config.settings import settings
from config.vault import SealBroken, signing
from models import Resident, StoredFile
from tests.accounts import an_account
from tests.backend.files.pictures import PDF, a_pdf, a_picture

OWNER = Actor("resident", uuid4())
RIVALS = 8
pytestmark = pytest.mark.usefixtures("database")


async def a_resident() -> Resident:
    return await an_account()


async def test_an_upload_is_read_back_by_its_owner_only() -> None:
    mine, other = await a_resident(), await a_resident()

    file = await operations.upload(
        Owner("resident", mine.id), name="户口本.pdf", content=PDF, now=clock.now()
    )

    assert (names.of(file), file.media_type) == ("户口本.pdf", "application/pdf")
    assert (await queries.of_resident(file.id, mine.id)).sha256 == file.sha256
    for file_id, resident_id in ((file.id, other.id), (uuid4(), mine.id)):
        with pytest.raises(NotFound) as missing:
            await queries.of_resident(file_id, resident_id)
        assert missing.value.code == "file_not_found"


async def test_what_lies_in_the_store_is_sealed_and_its_place_random() -> None:
    file = await operations.upload(
        Owner("resident", (await a_resident()).id), name="a.pdf", content=PDF, now=clock.now()
    )

    lying = settings().var_dir / "files" / file.key
    assert b"%PDF" not in lying.read_bytes()
    assert str(file.id) not in file.key
    assert names.of(file) not in file.key
    assert stat.S_ISREG(lying.stat().st_mode)


async def test_an_upload_is_on_the_disk_with_its_name_before_it_is_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    synced, fsync = set(), os.fsync

    def noted(opened: int) -> None:
        fsync(opened)
        synced.add(Path(f"/proc/self/fd/{opened}").readlink())

    monkeypatch.setattr(os, "fsync", noted)
    file = await operations.upload(
        Owner("resident", (await a_resident()).id), name="a.pdf", content=PDF, now=clock.now()
    )

    lying = settings().var_dir / "files" / file.key
    assert {lying, *list(lying.parents)[:3]} <= synced


async def test_one_file_cannot_be_swapped_for_another_in_the_store() -> None:
    resident = await a_resident()
    first = await operations.upload(
        Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
    )
    second = await operations.upload(
        Owner("resident", resident.id), name="b.pdf", content=a_pdf(2000), now=clock.now()
    )
    folder = settings().var_dir / "files"
    (folder / first.key).write_bytes((folder / second.key).read_bytes())

    with pytest.raises(SealBroken):
        await store.get(first.key)


async def test_the_same_upload_again_is_the_same_file() -> None:
    mine, other = await a_resident(), await a_resident()

    first = await operations.upload(
        Owner("resident", mine.id), name="a.jpg", content=a_picture(), now=clock.now()
    )
    again = await operations.upload(
        Owner("resident", mine.id), name="a.jpg", content=a_picture(), now=clock.now()
    )
    renamed = await operations.upload(
        Owner("resident", mine.id), name="b.jpg", content=a_picture(), now=clock.now()
    )
    anothers = await operations.upload(
        Owner("resident", other.id), name="a.jpg", content=a_picture(), now=clock.now()
    )

    assert first.id == again.id
    assert len({first.id, renamed.id, anothers.id}) == 3
    assert len({first.name_hash, renamed.name_hash, anothers.name_hash}) == 3


async def test_a_link_opens_its_file_for_five_minutes() -> None:
    file = await operations.upload(
        Owner("resident", (await a_resident()).id), name="a.pdf", content=PDF, now=clock.now()
    )

    token = links.link(file.id, to=OWNER, now=clock.now()).removeprefix(f"{links.PATH}/")

    found, content = await queries.content_by_link(token, now=clock.now())
    assert (found.id, sha256(content).hexdigest()) == (file.id, file.sha256)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        signing.sign({"sub": str(uuid4())}, audience="file", seconds=-1, now=clock.now()),
        signing.sign({"sub": str(uuid4())}, audience="resident", seconds=60, now=clock.now()),
    ],
    ids=["empty", "nonsense", "over", "of an access token"],
)
async def test_no_other_link_opens_anything(token: str) -> None:
    with pytest.raises(NotFound) as refused:
        await queries.content_by_link(token, now=clock.now())
    assert refused.value.code == "file_link_expired"


async def test_a_link_to_no_file_opens_nothing() -> None:
    token = links.link(uuid4(), to=OWNER, now=clock.now()).removeprefix(f"{links.PATH}/")

    with pytest.raises(NotFound) as refused:
        await queries.content_by_link(token, now=clock.now())
    assert refused.value.code == "file_not_found"


async def test_rivals_with_the_same_file_keep_it_once() -> None:
    mine = await a_resident()

    files = await asyncio.gather(
        *(
            operations.upload(
                Owner("resident", mine.id), name="a.pdf", content=PDF, now=clock.now()
            )
            for _ in range(RIVALS)
        )
    )

    assert len({file.id for file in files}) == 1
    assert await _lying(mine) == 1


async def test_rivals_cannot_pass_the_quota() -> None:
    mine, other = await a_resident(), await a_resident()
    await _keep(mine, megabytes=298)

    async def send(number: int) -> bool:
        try:
            await operations.upload(
                Owner("resident", mine.id),
                name="a.pdf",
                content=a_pdf(900_000 + number),
                now=clock.now(),
            )
        except FileQuotaExceeded:
            return False
        return True

    kept = await asyncio.gather(*(send(number) for number in range(RIVALS)))

    assert sum(kept) == 2
    assert await _lying(mine) == 2
    assert await operations.upload(
        Owner("resident", other.id), name="a.pdf", content=PDF, now=clock.now()
    )


async def test_what_was_handed_in_with_nothing_goes_after_its_days() -> None:
    mine = await a_resident()
    old, new = [
        await operations.upload(Owner("resident", mine.id), name=name, content=PDF, now=clock.now())
        for name in ("old.pdf", "new.pdf")
    ]
    await _age(old, days=8)

    await sweep.sweep(now=clock.now())

    assert [file.id for file in await StoredFile.filter(resident_id=mine.id)] == [new.id]
    assert not await store.holds(old.key, 0)
    assert await store.get(new.key)


async def test_a_file_uploaded_again_has_its_days_again() -> None:
    mine = await a_resident()
    old = await operations.upload(
        Owner("resident", mine.id), name="a.pdf", content=PDF, now=clock.now()
    )
    await _age(old, days=8)

    again = await operations.upload(
        Owner("resident", mine.id), name="a.pdf", content=PDF, now=clock.now()
    )
    await sweep.sweep(now=clock.now())

    assert again.id == old.id
    assert await store.get(old.key)


async def test_bytes_that_nobody_names_go_after_a_day() -> None:
    kept = await operations.upload(
        Owner("resident", (await a_resident()).id), name="a.pdf", content=PDF, now=clock.now()
    )
    folder = kept.key[:2]
    orphan, fresh = f"{folder}/00/orphan", f"{folder}/00/fresh"
    for key in (orphan, fresh):
        await store.put(key, b"x")
    for key in (orphan, kept.key):
        lying = settings().var_dir / "files" / key
        os.utime(lying, (time.time() - 90_000,) * 2)

    await sweep.delete_orphans(folder, now=clock.now())

    left = {key for key, _ in await store.listed(folder)}
    assert {kept.key, fresh} <= left
    assert orphan not in left
    # Its row goes with the test, so the next one would find it an orphan.
    await store.delete([kept.key])


async def _keep(resident: Resident, *, megabytes: int) -> None:
    await StoredFile.create(
        resident=resident,
        key=store.new_key(),
        name_sealed=b"",
        name_hash="",
        media_type="application/pdf",
        size=megabytes * 1024 * 1024,
        sha256="0" * 64,
        created_at=clock.now(),
    )


async def _age(file: StoredFile, *, days: int) -> None:
    await StoredFile.filter(id=file.id).update(created_at=timezone.now() - timedelta(days=days))


async def _lying(resident: Resident) -> int:
    """How many of the resident's files have bytes, when all bytes are counted that lie there."""
    keys = {file.key for file in await StoredFile.filter(resident_id=resident.id)}
    lying = settings().var_dir / "files"
    return sum((lying / key).is_file() for key in keys)
