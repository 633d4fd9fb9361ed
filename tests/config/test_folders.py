"""Folders of the settings, and why a process cannot start: told before anything is written."""

import errno
from pathlib import Path

import pytest

from config import folders
from config.errors import INTERRUPTED, StartError, told


def test_a_folder_to_write_in_need_not_be_there(tmp_path: Path) -> None:
    folders.check_writable(tmp_path)
    folders.check_writable(str(tmp_path / "a" / "b"))
    folders.check_apart(tmp_path / "a")


@pytest.mark.parametrize("name", ["/proc", "/proc/self/x", "/sys/x", "/tmp/../proc/x"])
def test_nothing_can_be_kept_among_the_kernels_own_views(name: str) -> None:
    for check in (folders.check_writable, folders.check_apart):
        with pytest.raises(ValueError, match="must not lie in /proc or /sys"):
            check(name)


def test_a_link_into_the_kernels_views_is_one_of_them(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("/proc")

    with pytest.raises(ValueError, match="must not lie in"):
        folders.check_writable(link / "x")


def test_below_a_file_there_is_no_folder_and_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    for name in (file, file / "a", file / "a" / "b"):
        with pytest.raises(ValueError, match=f"and {file} is none"):
            folders.check_writable(name)


@pytest.mark.parametrize("name", ["/", "/tmp/..", "//"])
def test_the_whole_disk_is_no_folder_of_its_own(name: str) -> None:
    with pytest.raises(ValueError, match="a folder of its own"):
        folders.check_apart(name)


def test_a_folder_to_read_is_there_and_a_folder(tmp_path: Path) -> None:
    (file := tmp_path / "file").touch()
    folders.check_present(tmp_path)

    with pytest.raises(ValueError, match="is no folder"):
        folders.check_present(file)
    with pytest.raises(ValueError, match="does not exist"):
        folders.check_present(str(tmp_path / "no"))


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (StartError("一句 / one."), ["yikou: 一句 / one."]),
        (StartError("甲 / a.\n乙 / b."), ["yikou: 甲 / a.", "yikou: 乙 / b."]),
        (
            OSError(errno.ENOSPC, "No space left", "/srv/x"),
            ["yikou: 磁盘已满，无法写入。 The disk is full; cannot write /srv/x."],
        ),
        (
            OSError(errno.ENOSPC, "No space left"),
            ["yikou: 磁盘已满，无法写入。 The disk is full; cannot write."],
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/srv/x"),
            ["yikou: 无法使用。 Cannot use /srv/x: Permission denied."],
        ),
        (OSError("only words"), ["yikou: 无法使用。 Cannot use: only words."]),
    ],
)
def test_what_the_operator_can_mend_is_one_line_and_status_1(
    error: Exception, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, told():
        raise error

    out, err = capsys.readouterr()
    assert (ended.value.code, out, err.splitlines()) == (1, "", lines)


def test_who_interrupts_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, told():
        raise KeyboardInterrupt

    assert ended.value.code == INTERRUPTED == 130
    assert capsys.readouterr() == ("", "")


def test_a_fault_of_ours_is_not_made_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), told():
        raise ZeroDivisionError
    with told():
        pass

    assert capsys.readouterr() == ("", "")
