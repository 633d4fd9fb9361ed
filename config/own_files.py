"""The city's folder of data files: a name that means nothing there is told, with the right one."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from config.settings import as_far_as_sound
from config.sources import DATA, BadRow

# One file of each kind for as many departments, years or layouts as the city likes.
_MANY = re.compile(
    r"catalogue/items/[^/]+\.yaml|calendar/[0-9]{4}\.yaml|papers/layout_[0-9]{1,4}\.typ"
)
# Notes, what editors and mounted disks leave, and what Excel keeps beside an open file.
_NO_DATA = re.compile(r"[.~].*|README.*|.*\.md|lost\+found")
# Read by Yikou itself, never the city's.
_OURS = ("catalogue/syllables.txt", "catalogue/variants.txt")


def check() -> list[BadRow]:
    """A bad row for each name that no reader knows, and for a folder without data; none without."""
    if not (named := as_far_as_sound().data_dir):
        return []
    own, known, folders = Path(named), _built_in_files(), _folders()
    bad: list[BadRow] = []
    sound = 0
    for name in _names(own, folders):
        if name in known or _MANY.fullmatch(name):
            sound += 1
        else:
            bad.append(BadRow(str(own / name), "", _unknown(name, [*known, *folders])))
    if not sound and not bad:
        reason = (
            "YIKOU_DATA_DIR 中没有一口办的数据文件，目录结构应同 config/data"
            " / holds no data file of Yikou: it must be laid out like config/data"
        )
        bad.append(BadRow(str(own), "", reason))
    for name in _OURS:
        ours = own / name
        if ours.is_file() and ours.read_bytes() != (DATA / name).read_bytes():
            reason = "不能由本市修改，请删去 / is not the city's to change: remove it"
            bad.append(BadRow(str(ours), "", reason))
    return bad


def _built_in_files() -> list[str]:
    return sorted(str(path.relative_to(DATA)) for path in DATA.rglob("*") if path.is_file())


def _folders() -> list[str]:
    return sorted(str(path.relative_to(DATA)) for path in DATA.rglob("*") if path.is_dir())


def _names(own: Path, folders: list[str]) -> Iterator[str]:
    """Whatever lies in the folder and those below that we know; of another folder its name."""
    for folder in ["", *folders]:
        if not (own / folder).is_dir():
            continue
        for path in sorted((own / folder).iterdir()):
            name = str(path.relative_to(own))
            if not _NO_DATA.fullmatch(path.name) and not (name in folders and path.is_dir()):
                yield name


def _unknown(name: str, known: list[str]) -> str:
    renamed = str(PurePosixPath(name).with_suffix(".yaml"))
    near = renamed if _MANY.fullmatch(renamed) else _nearest(name, known)
    if not near:
        return "没有这样的数据文件 / is no data file of Yikou"
    return f"没有这样的数据文件，是否为 {near}？ / is no data file of Yikou; did you mean {near}?"


def _nearest(name: str, known: list[str]) -> str | None:
    """The known name that is alike, in whatever folder it lies."""
    by_last = {PurePosixPath(each).name: each for each in known}
    wanted = PurePosixPath(name).name.lower()
    if near := difflib.get_close_matches(wanted, by_last, 1, 0.8):
        return by_last[near[0]]
    return next(iter(difflib.get_close_matches(name, known, 1)), None)
