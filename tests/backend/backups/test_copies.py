from hashlib import sha256
from pathlib import Path

import pytest

from backend.backups import copies
from backend.backups.bringing import Copied
from backend.backups.folder import Folder
from backend.files import store
from config.errors import StartError


@pytest.fixture
async def key() -> str:
    """The key of a file in the store."""
    key = store.new_key()
    await store.put(key, b"what was uploaded")
    return key


def copied(folder: Folder, said: list[str], *, skip: bool = False) -> Copied:
    return Copied(folder, say=said.append, skip=skip)


def the_copy(key: str, folder: Folder) -> Path:
    return copies.found([key], folder.files)[key]


async def test_a_copy_carries_its_checksum_and_is_made_once(key: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    await copies.copy_new([key], folder.files)
    copy = the_copy(key, folder)
    made = copy.stat()
    # Not when it was last read, which we do ourselves.
    unchanged = (made.st_ino, made.st_mtime_ns, made.st_ctime_ns)
    await copies.copy_new([key], folder.files)

    assert copy.name.partition(".")[2] == sha256(copy.read_bytes()).hexdigest()
    now = copy.stat()
    assert (now.st_ino, now.st_mtime_ns, now.st_ctime_ns) == unchanged
    assert copied(folder, []).bring([key], tmp_path / "to") == 1
    assert (tmp_path / "to" / key).read_bytes() == copy.read_bytes()
    assert (tmp_path / "to" / store.MARK).is_file()


@pytest.mark.parametrize("content", [b"", b"another", None], ids=["cut", "changed", "missing"])
async def test_a_damaged_or_missing_copy_is_told_and_refused_or_left_out(
    key: str, tmp_path: Path, content: bytes | None
) -> None:
    folder, said = Folder(tmp_path), list[str]()
    sound = store.new_key()
    await store.put(sound, b"sound")
    await copies.copy_new([key, sound], folder.files)
    copy = the_copy(key, folder)
    if content is None:
        copy.unlink()
    else:
        copy.write_bytes(content)

    with pytest.raises(StartError, match="1 files are damaged or missing"):
        copied(folder, said).bring([key, sound], tmp_path / "to")
    assert [key in line for line in said] == [True]
    assert not (tmp_path / "to").exists()
    assert copied(folder, said, skip=True).bring([key, sound], tmp_path / "to") == 1
    assert [place.name for place in (tmp_path / "to").glob("*/*/*")] == [sound.rpartition("/")[2]]


async def test_a_copy_of_an_older_version_is_brought_unchecked_and_says_so(
    key: str, tmp_path: Path
) -> None:
    folder, said = Folder(tmp_path), list[str]()
    plain = folder.files / key
    plain.parent.mkdir(parents=True)
    plain.write_bytes(b"as an older version left it")

    assert copied(folder, said).bring([key], tmp_path / "to") == 1
    assert "without checksums" in said[0]


async def test_a_copy_of_an_older_version_is_made_anew_if_the_store_still_has_the_file(
    key: str, tmp_path: Path
) -> None:
    lost = store.new_key()
    for each in (key, lost):
        (tmp_path / each).parent.mkdir(parents=True)
        (tmp_path / each).write_bytes(b"as an older version left it")

    await copies.copy_new([key, lost], tmp_path)

    there = copies.found([key, lost], tmp_path)
    assert copies.unchecked(there.values()) == 1
    assert there[lost] == tmp_path / lost
    assert not (tmp_path / key).exists()
    assert not copies.damaged(there[key])
