import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from backend.backups import restoring
from backend.backups.folder import FORMAT, Folder, Manifest
from backend.backups.taking import digest
from config.errors import StartError

SHA256 = "0" * 64
MANIFEST = Manifest(
    format=FORMAT,
    yikou="0.1.0",
    postgres="18.4",
    system="7",
    started="2026-03-01T00:00:00+00:00",
    ended="2026-03-01T00:01:00+00:00",
    first_segment="000000010000000000000003",
    postgres_bytes=1,
    postgres_sha256="0" * 64,
    files=0,
    files_bytes=0,
)


def a_folder(tmp_path: Path, *days: int) -> Folder:
    """Base backups of these days of March 2026; the log of day N begins at segment N."""
    folder = Folder(tmp_path / "backup")
    for day in days:
        base = folder.path / "base" / f"202603{day:02d}"
        (base / "postgres").mkdir(parents=True)
        made = replace(
            MANIFEST,
            started=f"2026-03-{day:02d}T00:00:00+00:00",
            ended=f"2026-03-{day:02d}T00:01:00+00:00",
            first_segment=f"00000001{day:016X}",
        )
        folder.write(base, made)
    return folder


def test_the_newest_backup_before_the_moment_is_taken(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, 1, 2, 3)

    assert restoring.choose(folder, datetime(2026, 3, 2, 12, tzinfo=UTC)).path.name == "20260302"
    assert restoring.choose(folder, None).path.name == "20260303"


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-03-09", "2026-03-09T10:00:00", "", "2026-03-09T10+08:00",
     "20260309T100000+0800", "2026-W11-1T10:00:00+08:00", "2026-02-30T10:00:00Z",
     "0001-01-01T00:00:00+08:00"],
)  # fmt: skip
def test_a_moment_that_is_not_in_rfc_3339_with_its_offset_is_refused(text: str) -> None:
    with pytest.raises(StartError):
        restoring.moment(text)


@pytest.mark.parametrize(
    "text",
    ["2026-03-09T10:00:00+08:00", "2026-03-09t02:00:00.000z", "2026-03-09 02:00Z"],
)
def test_a_moment_is_told_by_its_offset(text: str) -> None:
    assert restoring.moment(text) == datetime(2026, 3, 9, 2, tzinfo=UTC)


def test_a_moment_before_the_oldest_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="oldest backup"):
        restoring.choose(a_folder(tmp_path, 2), datetime(2026, 3, 1, tzinfo=UTC))


def test_an_interrupted_backup_does_not_count(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "base" / "20260301" / "postgres").mkdir(parents=True)

    with pytest.raises(StartError, match="no backup"):
        restoring.choose(folder, None)


def test_old_backups_go_with_the_log_that_only_they_needed(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, 1, 2, 3)
    wal = folder.wal("7", 1)
    wal.mkdir(parents=True)
    for number in range(1, 5):
        (wal / f"00000001{number:016X}").touch()
    (wal / "00000002.history").touch()

    gone = folder.prune(2)

    assert [base.path.name for base in gone] == ["20260301"]
    assert [base.path.name for base in folder.bases()] == ["20260302", "20260303"]
    assert sorted(each.name[-1] for each in wal.iterdir()) == ["2", "3", "4", "y"]


@pytest.mark.parametrize(
    ("names", "noted", "gone"),
    [
        ("aa/bb/named", None, {"deleted", f"deleted.{SHA256}"}),
        ("aa/bb/named", sha256(b"aa/bb/named").hexdigest(), {"deleted", f"deleted.{SHA256}"}),
        ("aa/bb/na", sha256(b"aa/bb/named").hexdigest(), set()),
        (None, None, set()),
    ],
    ids=["names kept", "with a checksum", "the list is damaged", "no names in an older version"],
)
def test_copies_of_files_go_once_no_kept_backup_can_need_them(
    tmp_path: Path, names: str | None, noted: str | None, gone: set[str]
) -> None:
    folder = a_folder(tmp_path, 1, 5, 9)
    base = folder.bases()[1]
    if names is not None:
        (base.path / "files.txt").write_text(names)
        folder.write(base.path, replace(base.manifest, names_sha256=noted))
    copied = {"named": 2, "deleted": 2, "uploaded since": 6, "just before": 4}
    copied |= {f"named.{SHA256}": 2, f"deleted.{SHA256}": 2}
    for name, day in copied.items():
        copy = folder.files / "aa" / "bb" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.touch()
        os.utime(copy, (datetime(2026, 3, day, 12, tzinfo=UTC).timestamp(),) * 2)

    folder.prune(2)

    assert {copy.name for copy in folder.files.glob("*/*/*")} == copied.keys() - gone


@pytest.mark.parametrize("stray", ["redis/dump.rdb", "sandbox.json", "files/aa/bb/x", "notes"])
async def test_a_folder_with_anything_of_another_time_is_refused(
    tmp_path: Path, stray: str
) -> None:
    folder, var_dir = a_folder(tmp_path, 1), tmp_path / "var"
    (var_dir / stray).parent.mkdir(parents=True)
    (var_dir / stray).touch()

    with pytest.raises(StartError, match=rf"not empty \({stray.partition('/')[0]}\)"):
        await restoring.restore(folder, var_dir, to=None, say=print)


@pytest.mark.parametrize("below", ["", "x", "files"])
async def test_nothing_is_restored_into_the_folder_of_the_backups(
    tmp_path: Path, below: str
) -> None:
    folder = a_folder(tmp_path, 1)

    with pytest.raises(StartError, match="in the folder of the backups"):
        await restoring.restore(folder, folder.path / below, to=None, say=print)
    assert not (folder.path / below / "owner.lock").exists()


async def test_what_an_earlier_try_left_and_empty_mounts_are_no_hindrance(tmp_path: Path) -> None:
    folder, var_dir = a_folder(tmp_path, 1), tmp_path / "var"
    for name in ("postgres", "files", "log", "sockets", "lost+found"):
        (var_dir / name).mkdir(parents=True)
    (folder.bases()[0].postgres / "backup_manifest").write_text("{}")

    with pytest.raises(StartError, match="damaged"):
        await restoring.restore(folder, var_dir, to=None, say=print)


def test_a_backup_of_an_unknown_format_is_refused(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, 1)
    base = folder.bases()[0]
    folder.write(base.path, replace(base.manifest, format=FORMAT + 1))

    with pytest.raises(StartError, match="another version"):
        folder.bases()


async def test_a_folder_in_use_and_a_damaged_backup_are_refused(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, 1)
    postgres = folder.bases()[0].postgres
    postgres.joinpath("PG_VERSION").write_text("18\n")
    files = {"Files": [{"Path": "PG_VERSION", "Checksum": "0" * 64}]}
    postgres.joinpath("backup_manifest").write_text(json.dumps(files))
    used, empty = tmp_path / "used", tmp_path / "empty"
    (used / "postgres" / "base").mkdir(parents=True)

    for var_dir, sentence in ((used, "not empty"), (empty, "damaged")):
        with pytest.raises(StartError, match=sentence):
            await restoring.restore(folder, var_dir, to=None, say=print)
        assert not (empty / "postgres").exists()
    signed = replace(MANIFEST, postgres_sha256=digest(postgres))
    (postgres.parent / "manifest.json").write_text(json.dumps(asdict(signed)))
    with pytest.raises(StartError, match="PG_VERSION"):
        await restoring.restore(folder, empty, to=None, say=print)
