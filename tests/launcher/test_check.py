"""`yikou check`: everything is read, nothing is changed, one line for each fault."""

import json
import shutil
from pathlib import Path

import pytest

from config import sources
from tests.launcher.launch import environment, run_yikou, yikou


def test_the_built_in_data_is_sound(tmp_path: Path) -> None:
    ended = yikou("check", environment(tmp_path / "var"))

    assert ended.returncode == 0, ended.stdout
    assert "192 items" in ended.stdout
    assert not (tmp_path / "var").exists()


def test_every_fault_is_one_line_with_its_file_and_line_in_order(tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(sources.DATA, city)
    spoil(city / "messages.yaml", "{item}", "{itm}")
    spoil(city / "calendar" / "2026.yaml", "2026-02-23", "2026-02-30")
    spoil(city / "organisation" / "communities.csv", "210102001002,", "210102001001,")
    spoil(city / "catalogue" / "items" / "MZ.yaml", "promised: {days: 25,", "promised: {dayz: 25,")
    (city / "offices.yaml").write_text("", encoding="utf-8")
    with (city / "catalogue" / "synonyms.yaml").open("a", encoding="utf-8") as synonyms:
        synonyms.write("SP-ZZ-999: [x]\n")

    environ = environment(tmp_path / "var", data_dir=str(city))
    ended = yikou("check", environ)

    lines = [line.removeprefix(f"{city}/") for line in ended.stdout.splitlines()]
    assert ended.returncode == 1
    assert [line.split(" ")[0] for line in lines] == [
        "calendar/2026.yaml:6:",
        "catalogue/items/MZ.yaml:18:",
        "catalogue/items/MZ.yaml:18:",
        "catalogue/synonyms.yaml:194:",
        "messages.yaml:10:",
        "offices.yaml:1:",
        "organisation/communities.csv:4:",
    ]
    as_json = run_yikou(["check", "--json"], environ).stdout.splitlines()
    assert [json.loads(line)["line"] for line in as_json] == [
        int(line.split(":")[1]) for line in lines
    ]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_files_saved_by_excel_are_read(tmp_path: Path, encoding: str) -> None:
    city = tmp_path / "city"
    shutil.copytree(sources.DATA / "organisation", city / "organisation")
    for path in (city / "organisation").glob("*.csv"):
        path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))

    ended = yikou("check", environment(tmp_path / "var", data_dir=str(city)))

    assert ended.returncode == 0, ended.stdout


def test_a_new_item_needs_no_other_edit(tmp_path: Path) -> None:
    items = tmp_path / "city" / "catalogue" / "items"
    shutil.copytree(sources.DATA / "catalogue" / "items", items)
    text = (items / "YZ.yaml").read_text(encoding="utf-8")
    first = text[text.index("- code:") :].split("\n- code:")[0].replace("-001", "-099")
    (items / "YZ.yaml").write_text(f"{text.rstrip()}\n\n{first}\n", encoding="utf-8")

    ended = yikou("check", environment(tmp_path / "var", data_dir=str(tmp_path / "city")))

    assert ended.returncode == 0, ended.stdout
    assert "193 items" in ended.stdout


def test_the_web_server_does_not_start_with_a_typo_in_its_words(tmp_path: Path) -> None:
    city = tmp_path / "city"
    city.mkdir()
    shutil.copy(sources.DATA / "messages.yaml", city)
    spoil(city / "messages.yaml", "{item}", "{itm}")
    url = "postgres://yikou@127.0.0.1:1/yikou"

    ended = yikou("web", environment(tmp_path / "v", data_dir=str(city), database_url=url))

    assert ended.returncode == 1
    assert "{itm} is not filled in" in ended.stderr


def spoil(path: Path, text: str, replacement: str) -> None:
    """Replace the text's first occurrence in the file."""
    before = path.read_text(encoding="utf-8")
    assert text in before
    path.write_text(before.replace(text, replacement, 1), encoding="utf-8")
