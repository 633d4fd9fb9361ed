"""The page of rooms and ways says what is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "rooms.md").read_text(encoding="utf-8")
DRAWING = (ROOT / "docs" / "rooms.svg").read_text(encoding="utf-8")
WAYS = {
    heading: re.findall(r"^\| (\S+\.py) \| `(\w+)` \|", text, re.MULTILINE)
    for heading, text in re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", PAGE, re.MULTILINE)
}
# Their first step is the code of the server, which calls what was declared and is imported by it.
CALLS_BACK = {"backend/http/routes.py"}


@pytest.mark.parametrize("way", WAYS)
def test_each_step_is_where_the_page_says(way: str) -> None:
    assert len(WAYS[way]) > 5
    for file, name in WAYS[way]:
        assert name in defined(file), (file, name)


@pytest.mark.parametrize("way", WAYS)
def test_each_step_is_imported_by_one_before_it(way: str) -> None:
    files = [file for file, _ in WAYS[way]]
    for number, file in enumerate(files[1:], 1):
        before = {module for each in files[:number] for module in imported(each)}
        called_back = files[number - 1] in CALLS_BACK
        assert called_back or module_of(file) in before or file in files[:number], file


def test_the_drawing_names_every_room() -> None:
    packages = ("backend/cases", "backend/appointments", "notifications", "miniprogram_api")
    rooms = {
        f"{folder.name}/"
        for package in packages
        for folder in (ROOT / package).iterdir()
        if folder.is_dir() and any(folder.glob("*.py"))
    }

    assert {room for room in rooms if room not in DRAWING} == set()


def test_the_drawing_names_every_package_of_backend() -> None:
    packages = {each.parent.name for each in (ROOT / "backend").glob("*/__init__.py")}
    drawn = set(re.findall(r">(?:backend/)?(\w+)[/ ]", DRAWING))

    assert packages - drawn == set()


def defined(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found = {node.name for node in tree.body if hasattr(node, "name")}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


def imported(file: str) -> set[str]:
    """The modules that a file imports, whichever way it is written."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return found


def module_of(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")
