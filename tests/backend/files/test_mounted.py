import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.backups.folder import Folder
from backend.backups.taking import take
from backend.consistency import audit, stored
from backend.files import mounted, operations, store
from backend.files.owners import Owner
from config import clock
from config.errors import StartError
from config.settings import settings
from models import Resident
from tests import stage
from tests.accounts import an_account
from tests.backend.files.conftest import forget
from tests.backend.files.pictures import PDF


def url() -> str:
    return stage.database_url(f"{stage.Kind.EMPTY}_{stage.WORKER}")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the disk with the files is mounted, if it is."""
    monkeypatch.setenv("YIKOU_VAR_DIR", str(tmp_path))
    forget()
    yield tmp_path / "files"
    monkeypatch.undo()
    forget()


@pytest.fixture
async def resident(database: None) -> Resident:
    return await an_account()


def unmounted(place: Path) -> Path:
    """Leave what a folder has while its disk is away."""
    disk = place.rename(place.with_name("disk"))
    (place / "lost+found").mkdir(parents=True)
    return disk


def mounted_again(disk: Path, place: Path) -> None:
    """Nothing must have been put there meanwhile."""
    assert [each.name for each in place.iterdir()] == ["lost+found"]
    shutil.rmtree(place)
    disk.rename(place)


async def test_the_folder_without_its_disk_is_refused(place: Path, resident: Resident) -> None:
    await mounted.check(url())
    mounted.mark()
    file = await operations.upload(
        Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
    )
    await mounted.check(url())
    disk = unmounted(place)

    with pytest.raises(StartError, match=re.escape(f"create {place / store.MARK}")):
        await mounted.check(url())
    with pytest.raises(StartError, match="mount the disk"):
        await take(url(), Folder(disk.with_name("backup")))
    assert not Folder(disk.with_name("backup")).bases()
    mounted_again(disk, place)
    await mounted.check(url())
    await store.delete([file.key])
    await mounted.check(url())


async def test_a_folder_that_an_older_version_filled_needs_no_mark(
    place: Path, resident: Resident
) -> None:
    await operations.upload(
        Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
    )
    assert not (place / store.MARK).exists()

    await mounted.check(url())


async def test_a_store_elsewhere_has_no_folder(
    place: Path, resident: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    await operations.upload(
        Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
    )
    monkeypatch.setenv("YIKOU_FILES_URL", "s3://papers")
    monkeypatch.setenv("YIKOU_VAR_DIR", str(place.with_name("other")))
    settings.cache_clear()

    await mounted.check(url())
    mounted.mark()
    assert not place.with_name("other").exists()


async def test_the_mark_is_no_file_to_the_audit(place: Path, resident: Resident) -> None:
    await operations.upload(
        Owner("resident", resident.id), name="a.pdf", content=PDF, now=clock.now()
    )
    mounted.mark()
    os.utime(place / store.MARK, (0, 0))

    assert audit.broken(await audit.run(url(), stored.CHECKS)) == []
