"""Folders of a city's own data files, fewer than come with Yikou: reading all of them is work."""

import shutil
from pathlib import Path

from config import sources

DISTRICT, STREET = "210102000000", "210102001000"


def small(city: Path, *others: str, department: str = "YZ") -> Path:
    """A city with one department's items, and with its own copies of these files."""
    for name in (f"catalogue/items/{department}.yaml", *others):
        shutil.copy(sources.DATA / name, put(city, name))
    return city


def of_one_street(city: Path, *, department: str = "YZ") -> Path:
    """A city with one department's items, one district, one street and its three communities."""
    return one_street(small(city, "offices.yaml", department=department))


def one_street(city: Path) -> Path:
    """Give the city one district, one street and its three communities; the rest is as it was."""
    for name, kept in (
        ("districts", ("code", "210100000000", DISTRICT)),
        ("streets", ("code", STREET)),
        ("communities", ("code", STREET.removesuffix("000"))),
    ):
        built_in = sources.DATA / "organisation" / f"{name}.csv"
        lines = built_in.read_text(encoding="utf-8").splitlines(keepends=True)
        put(city, f"organisation/{name}.csv").write_text(
            "".join(line for line in lines if line.startswith(kept)), encoding="utf-8"
        )
    return city


def taciturn(city: Path) -> Path:
    """Give the city empty files of how people speak, which are a third of what is to be read."""
    for name, text in (
        ("synonyms", "{}\n"),
        ("topics", "[]\n"),
        ("nearby", "[]\n"),
        ("words", "fillers: []\nsame: []\n"),
    ):
        put(city, f"catalogue/{name}.yaml").write_text(text, encoding="utf-8")
    return city


def finding(city: Path) -> sources.Find:
    """How readers find the files of this city, whatever the settings say."""

    def find(name: str) -> Path:
        return own if (own := city / name).exists() else sources.DATA / name

    return find


def put(city: Path, name: str) -> Path:
    """An empty file of this name."""
    path = city / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def spoil(path: Path, text: str, replacement: str) -> None:
    """Replace the text's first occurrence in the file."""
    before = path.read_text(encoding="utf-8")
    assert text in before
    path.write_text(before.replace(text, replacement, 1), encoding="utf-8")
