from pathlib import Path

import pytest

from backend.backups import ending
from backend.backups.ending import Break
from backend.backups.folder import Folder

SEGMENT = 16 * 1024 * 1024
# Segments 254, 255 and 256: behind the second the middle number in the names changes.
FIRST = "0000000200000000000000FE"
SECOND = "0000000200000000000000FF"
THIRD = "000000020000000100000000"
FOURTH = "000000020000000100000001"
IN_FIRST, IN_SECOND = "0/FE000800", "0/FF000800"
AT_A_PAGE, AT_ITS_END = "0/FE002000", "0/FE001FF0"
BEHIND_FIRST = "0/FF000000"


def head(position: str, length: int, *, before: int = 64) -> bytes:
    """The first 16 bytes of a record there: its length, and where the one before it begins."""
    return (
        length.to_bytes(4, "little") + bytes(4) + (place(position) - before).to_bytes(8, "little")
    )


def place(position: str) -> int:
    high, low = position.split("/")
    return int(high, 16) << 32 | int(low, 16)


def broken(
    tmp_path: Path, position: str, *parts: str, line: int = 2, record: bytes = b""
) -> Break | None:
    """What is found where timeline 2 was left there, and these parts were received on `line`.

    `record` is what the first part has there.
    """
    for name in ("00000002.history", "00000003.history"):
        (tmp_path / name).write_text(f"1\t0/F0000000\tbefore\n\n2\t{position}\tno target\n")
    folder = Folder(tmp_path / "backup")
    folder.wal("7", line).mkdir(parents=True)
    for part in parts:
        (folder.wal("7", line) / part).touch()
    if record:
        at = place(position) % SEGMENT
        with (folder.wal("7", line) / parts[0]).open("wb") as file:
            file.truncate(SEGMENT)
            file.seek(at + (24 if at % 8192 == 0 else 0))
            file.write(record)
    return ending.broken(folder, "7", ending.reached(tmp_path, SEGMENT))


@pytest.mark.parametrize(
    ("position", "parts"),
    [
        (IN_FIRST, ()),
        (IN_FIRST, (f"{FIRST}.partial",)),
        (BEHIND_FIRST, (FIRST,)),
        (BEHIND_FIRST, (FIRST, f"{SECOND}.partial")),
        (IN_SECOND, ("0000000100000000000000FF", "000000010000000100000000")),
        (IN_FIRST, ("00000003.history", "0000000300000000000000FF")),
    ],
    ids=[
        "nobody followed",
        "in the part that was being received",
        "the last segment was ended early",
        "and the next one has nothing in it yet",
        "another timeline went on",
        "a later timeline begins",
    ],
)
@pytest.mark.parametrize("line", [1, 2], ids=["received over a promotion", "since a restore"])
def test_the_end_of_the_log_is_no_break(
    tmp_path: Path, position: str, parts: tuple[str, ...], line: int
) -> None:
    assert broken(tmp_path, position, *parts, line=line) is None


@pytest.mark.parametrize(
    ("position", "parts", "segment", "missing"),
    [
        (BEHIND_FIRST, (FIRST, THIRD), SECOND, True),
        (BEHIND_FIRST, (FIRST, f"{THIRD}.partial"), SECOND, True),
        (IN_FIRST, (FIRST, SECOND, FOURTH), THIRD, True),
        (IN_FIRST, (THIRD,), FIRST, True),
        (IN_FIRST, (FIRST, SECOND), FIRST, False),
        (IN_FIRST, (f"{FIRST}.partial", f"{SECOND}.partial"), FIRST, False),
        (IN_SECOND, (FIRST, SECOND, THIRD, f"{FOURTH}.partial"), SECOND, False),
    ],
)
def test_a_log_that_goes_on_breaks_off_at_the_first_segment_missing_or_damaged(
    tmp_path: Path, position: str, parts: tuple[str, ...], segment: str, *, missing: bool
) -> None:
    assert broken(tmp_path, position, *parts) == Break(segment, missing=missing)


@pytest.mark.parametrize("position", [IN_FIRST, AT_A_PAGE, AT_ITS_END])
def test_a_record_that_reaches_over_into_what_was_being_received_is_no_break(
    tmp_path: Path, position: str
) -> None:
    record = head(position, SEGMENT)

    assert broken(tmp_path, position, FIRST, f"{SECOND}.partial", record=record) is None


def test_a_record_may_reach_over_where_the_middle_number_changes(tmp_path: Path) -> None:
    record = head(IN_SECOND, SEGMENT)

    assert broken(tmp_path, IN_SECOND, SECOND, f"{THIRD}.partial", record=record) is None


@pytest.mark.parametrize(
    "record",
    [
        bytes(16),
        head(IN_FIRST, 100),
        b"\xff" * 16,
        head(IN_FIRST, SEGMENT, before=-64),
        head(IN_FIRST, SEGMENT, before=place(IN_FIRST)),
    ],
    ids=["zeros", "one that ends in it", "ones", "one before nothing", "one long after another"],
)
def test_a_whole_segment_damaged_before_its_last_record_is_a_break(
    tmp_path: Path, record: bytes
) -> None:
    found = broken(tmp_path, IN_FIRST, FIRST, f"{SECOND}.partial", record=record)

    assert found == Break(FIRST, missing=False)
