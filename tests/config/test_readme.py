"""Both READMEs say the same, and what the settings and the folders are."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from config.published import DEV_DATA_KEYS, DEV_SECRET_KEYS
from config.setting_faults import PREFIX
from config.settings import Settings
from miniprogram_api.process.command import app

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
PAPERS = ("docs/deployment.md", "docs/deployment.zh-CN.md")
CONTRACTS = ("docs/identity.md", "docs/identity.zh-CN.md")
PAGES = (*READMES, *PAPERS, *CONTRACTS, "docs/decisions.md", "docs/rooms.md")
WRITTEN = {True: "on", False: "off"}
PUBLIC = {DEV_DATA_KEYS, DEV_SECRET_KEYS}


@pytest.mark.parametrize("name", READMES)
def test_the_table_lists_every_setting_with_its_default(name: str) -> None:
    listed = dict(re.findall(rf"^\| `{PREFIX}(\w+)` \| (.*?) \|", read(name), re.MULTILINE))

    assert set(listed) == {name.upper() for name in Settings.model_fields}
    for field_name, field in Settings.model_fields.items():
        told = listed[field_name.upper()]
        if field.default in PUBLIC or not str(field.default):
            assert "`" not in told, field_name
        else:
            expected = WRITTEN.get(field.default) if isinstance(field.default, bool) else None
            assert told == f"`{expected or field.default}`", field_name


@pytest.mark.parametrize("name", PAGES)
def test_every_link_to_a_file_leads_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\(([^)#]+)\)|^\[\w+\]: (\S+)$", read(name), re.MULTILINE)
    targets = [link for link in (first or second for first, second in links) if ":" not in link]

    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("name", [*READMES, *PAPERS, *CONTRACTS])
def test_no_line_is_long(name: str) -> None:
    # A line of a file of settings, which stands six spaces in, cannot go on in the next one.
    lines = [line for line in read(name).splitlines() if not line.startswith(" " * 6)]
    assert [line for line in lines if len(line) > 150] == []


@pytest.mark.parametrize("name", READMES)
def test_every_named_link_has_its_target(name: str) -> None:
    used = set(re.findall(r"\]\[([a-z]+)\]", read(name)))

    assert used == set(re.findall(r"^\[(\w+)\]: ", read(name), re.MULTILINE))


def test_the_pictures_are_small_and_the_drawings_are_text() -> None:
    for picture in (ROOT / "docs" / "pictures").iterdir():
        assert picture.suffix == ".png"
        assert picture.stat().st_size <= 200 * 1024
    for drawing in (ROOT / "docs").glob("*.svg"):
        text = drawing.read_text(encoding="utf-8")
        assert "prefers-color-scheme: dark" in text
        assert "<desc" in text
        assert not re.search(r"<(image|script|foreignObject)|(href|url)\W+http", text)


@pytest.mark.parametrize("name", [*PAGES, "CHANGELOG.md"])
def test_no_mark_of_a_merge_is_left(name: str) -> None:
    assert re.findall(r"^(?:<{7}|={7}|>{7})", read(name), re.MULTILINE) == []


def test_both_languages_tell_the_same() -> None:
    english, chinese = read("README.md"), read("README.zh-CN.md")

    assert outline(english) == outline(chinese)
    assert commands(english) == commands(chinese)
    assert glossary(english) == {(word, term) for term, word in glossary(chinese)}


def test_the_operators_papers_tell_the_same_in_both_languages() -> None:
    english, chinese = map(read, PAPERS)

    assert outline(english) == outline(chinese)
    assert typed(english) == typed(chinese)
    for named in (rf"{PREFIX}\w+", r"`yikou [a-z-]+", r"`(?:/|yikou_)\w+", r" --[a-z-]+"):
        assert set(re.findall(named, english)) == set(re.findall(named, chinese)), named
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}\w+", english)) <= known


def test_every_command_is_in_the_operators_papers() -> None:
    commands = {f"`yikou {name}`" for name in vars(get_command(app))["commands"]}

    for name in PAPERS:
        listed = set(re.findall(r"^\| (`yikou [a-z]+`) \|", read(name), re.MULTILINE))
        assert commands == listed & commands, name


def test_every_folder_of_code_is_in_the_tour() -> None:
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")}

    for name in READMES:
        told = re.findall(r"^    (?:tests/  )?(\w+)/", read(name), re.MULTILINE)
        assert packages <= set(told), name


def outline(text: str) -> list[str]:
    """Headings by level, list items, and rows of tables by their number of cells, in order."""
    marks = re.findall(r"^(#+|-|\|.*\|)(?: |$)", text, re.MULTILINE)
    return [str(mark.count("|")) if mark.startswith("|") else mark for mark in marks]


def commands(text: str) -> list[str]:
    """What is to be typed, and what the demo answers, without the comments."""
    shell = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)[0].splitlines()
    demo = re.findall(r"^ {4}(?:●| {4}).*", text, re.MULTILINE)
    return [line for line in shell if not line.startswith("#")] + demo


def typed(text: str) -> list[str]:
    """The indented lines, which are to be typed, without the comments."""
    lines = re.findall(r"^ {4}(\S.*)", text, re.MULTILINE)
    return [re.sub(r"\s{2,}#.*| # .*", "", line) for line in lines]


def glossary(text: str) -> set[tuple[str, str]]:
    """The pairs of the last table, two in each row."""
    _, _, table = text.rpartition("|---|---|---|---|\n")
    rows = [row.strip("|").split("|") for row in table.partition("\n\n")[0].splitlines()]
    halves = [pair for row in rows for pair in (row[:2], row[2:])]
    return {(left.strip(), right.strip()) for left, right in halves}


def read(name: str) -> str:
    """The page's text."""
    return (ROOT / name).read_text(encoding="utf-8")
