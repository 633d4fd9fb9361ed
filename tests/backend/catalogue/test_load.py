"""Publishing the data files into a real database, again and again."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tortoise.exceptions import IntegrityError

from backend.catalogue import queries
from backend.catalogue.loading import contents, load
from backend.catalogue.loading.contents import Contents
from backend.errors import Invalid, NotFound
from backend.organisation import contents as units
from backend.organisation import load as organisation
from backend.organisation.contents import DepartmentRow
from config.sources import BadRow
from models import Department, ItemVersion, VersionStatus
from tests.cities import finding, small

PEOPLE = "SP-MZ-001"
NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


def renamed(found: Contents, code: str, name: str) -> Contents:
    """The same files with another name for one item."""
    items = [
        replace(item, fields=deepcopy(item.fields) | {"name": name}) if item.code == code else item
        for item in found.items
    ]
    return Contents(items)


@pytest.fixture(scope="module")
def departments() -> list[DepartmentRow]:
    return units.read().departments


@pytest.fixture(scope="module")
def found(departments: list[DepartmentRow], tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """One department's items; to publish all 192 for each test is most of its work."""
    find = finding(small(tmp_path_factory.mktemp("city"), department="MZ"))
    return contents.read(frozenset(row.code for row in departments), find)


@pytest.fixture
async def loaded(database: None, departments: list[DepartmentRow], found: Contents) -> Contents:
    """The same, published."""
    await Department.bulk_create([Department(**row.model_dump()) for row in departments])
    assert (await load.load(found, now=NOW)).published == len(found.items) > 20
    await queries.load()
    return found


async def test_a_first_load_publishes_every_item(database: None) -> None:
    await organisation.load(now=NOW)

    result = await load.load(now=NOW)

    assert (result.published, result.unchanged, result.withdrawn, result.bad) == (192, 0, 0, [])
    assert await ItemVersion.filter(status=VersionStatus.PUBLISHED, version=1).count() == 192


async def test_loading_the_same_files_again_changes_nothing(loaded: Contents) -> None:
    before = await ItemVersion.all().order_by("id").values()

    result = await load.load(loaded, now=NOW)

    assert (result.published, result.unchanged, result.withdrawn) == (0, len(loaded.items), 0)
    assert await ItemVersion.all().order_by("id").values() == before


async def test_changed_content_becomes_a_new_version_and_the_old_one_stays(
    loaded: Contents,
) -> None:
    old = await queries.one(PEOPLE)

    result = await load.load(renamed(loaded, PEOPLE, "新的名称"), now=NOW)
    await queries.load()

    assert (result.published, result.unchanged) == (1, len(loaded.items) - 1)
    new = await queries.one(PEOPLE)
    assert (new.version, new.name) == (2, "新的名称")
    kept = await queries.version(old.id)
    assert (kept.version, kept.name) == (1, "最低生活保障审核确认")
    row = await ItemVersion.get(id=old.id)
    assert row.status is VersionStatus.WITHDRAWN


async def test_an_item_no_longer_listed_is_withdrawn_and_can_come_back(loaded: Contents) -> None:
    without = Contents([item for item in loaded.items if item.code != PEOPLE])

    assert (await load.load(without, now=NOW)).withdrawn == 1
    await queries.load()
    with pytest.raises(NotFound):
        await queries.one(PEOPLE)
    with pytest.raises(Invalid) as refused:
        await queries.current(PEOPLE)
    assert refused.value.code == "item_unknown"

    assert (await load.load(loaded, now=NOW)).published == 1
    await queries.load()
    assert (await queries.one(PEOPLE)).version == 2


async def test_a_bad_row_keeps_everything_as_it_was(loaded: Contents) -> None:
    bad = BadRow("MZ.yaml", PEOPLE, "promised: longer than the statutory limit")

    result = await load.load(replace(renamed(loaded, PEOPLE, "新的名称"), bad=[bad]), now=NOW)

    assert result.bad == [bad]
    assert await ItemVersion.filter(version=2).count() == 0


async def test_a_published_version_cannot_be_changed(loaded: Contents) -> None:
    version = await queries.one(PEOPLE)

    with pytest.raises(IntegrityError, match="frozen"):
        await ItemVersion.filter(id=version.id).update(name="偷改")


async def test_other_processes_see_a_new_publication_after_a_while(
    loaded: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "FRESH_SECONDS", 0.0)
    await queries.load()

    await load.load(renamed(loaded, PEOPLE, "新的名称"), now=NOW)

    assert (await queries.one(PEOPLE)).name == "新的名称"


async def test_a_version_is_read_once_and_then_kept(loaded: Contents) -> None:
    version = await queries.one(PEOPLE)

    assert await queries.version(version.id) is version
