"""`yikou check`: everything is read, nothing is changed, one line for each fault."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from config import sources
from config.settings import settings
from miniprogram_api.process import data_files
from notifications.channels.wechat import templates
from tests.cities import put, small, spoil
from tests.launcher.launch import environment, run_yikou, yikou


def line_of(path: Path, text: str) -> int:
    """The number of the first line with this text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], data_files.Found]:
    """What the command reads of a city; it draws all papers besides, which takes two seconds."""

    def read(city: Path) -> data_files.Found:
        given = settings().model_copy(update={"data_dir": str(city)})
        monkeypatch.setattr(sources, "as_far_as_sound", lambda: given)
        monkeypatch.setattr(templates, "as_far_as_sound", lambda: given)
        return data_files.read()

    return read


def test_the_built_in_data_is_sound(tmp_path: Path) -> None:
    ended = yikou("check", environment(tmp_path / "var"))

    assert ended.returncode == 0, ended.stdout
    assert "192 items" in ended.stdout
    assert "提示 note: 身份核验由沙箱" in ended.stdout
    assert not (tmp_path / "var").exists()


def test_every_fault_is_one_line_with_its_file_and_line_in_order(tmp_path: Path) -> None:
    city = small(
        tmp_path / "city", "messages.yaml", "calendar/2026.yaml", "organisation/communities.csv"
    )
    spoil(city / "messages.yaml", "{item}", "{itm}")
    spoil(city / "calendar" / "2026.yaml", "2026-02-23", "2026-02-30")
    spoil(city / "organisation" / "communities.csv", "210102001002,", "210102001001,")
    spoil(city / "catalogue" / "items" / "YZ.yaml", "promised: {days: 10,", "promised: {dayz: 10,")
    put(city, "offices.yaml")
    (city / "catalogue" / "synonyms.yaml").write_text("FW-YZ-001: [x]\nSP-ZZ-999: [x]\n")

    environ = environment(tmp_path / "var", data_dir=str(city))
    ended = yikou("check", environ)

    lines = [line.removeprefix(f"{city}/") for line in ended.stdout.splitlines()]
    assert ended.returncode == 1
    assert all(re.search("[\u4e00-\u9fff].* / [A-Za-z0-9]", line) for line in lines), lines
    assert [line.split(" ")[0] for line in lines] == [
        "calendar/2026.yaml:6:",
        f"catalogue/items/YZ.yaml:{line_of(city / 'catalogue' / 'items' / 'YZ.yaml', 'dayz')}:",
        "catalogue/synonyms.yaml:2:",
        f"messages.yaml:{line_of(city / 'messages.yaml', '{itm}')}:",
        "offices.yaml:1:",
        "organisation/communities.csv:5:",
    ]
    as_json = run_yikou(["check", "--json"], environ).stdout.splitlines()
    assert [json.loads(line)["line"] for line in as_json] == [
        int(line.split(":")[1]) for line in lines
    ]


def test_what_comes_of_a_fault_elsewhere_is_not_told_as_well(tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(sources.DATA, city)
    spoil(city / "organisation" / "departments.yaml", "kind: government", "kind: goverment")
    spoil(city / "organisation" / "streets.csv", "210102001000,", "21010200100,")
    spoil(city / "jobs.yaml", "name: erase", "name: eraze")
    spoil(city / "templates.yaml", "\n  type: 2", "\n  type: once")
    spoil(city / "catalogue" / "meta.yaml", "official: false", "official: perhaps")
    (city / "catalogue" / "items" / "YZ.yaml").write_text(
        "department: YZ\nitems: []\n", encoding="utf-8"
    )

    ended = yikou("check", environment(tmp_path / "var", data_dir=str(city)))

    assert [line.removeprefix(f"{city}/").split(" ")[0] for line in ended.stdout.splitlines()] == [
        "catalogue/items/YZ.yaml:2:",
        "catalogue/meta.yaml:7:",
        f"jobs.yaml:{line_of(city / 'jobs.yaml', 'name: eraze')}:",
        "organisation/departments.yaml:3:",
        "organisation/streets.csv:3:",
        "templates.yaml:8:",
    ]


@pytest.mark.parametrize(
    ("file", "text", "replacement", "line"),
    [
        ("templates.yaml", "time4", "tome4", "templates.yaml:5:"),
        ("jobs.yaml", "name: erase", "nam: erase", "jobs.yaml:{}:"),
        ("catalogue/items/YZ.yaml", "- code: FW-YZ-001", "- code: FW-YZ-01", "FW-YZ-01: code: "),
        ("catalogue/items/YZ.yaml", "- code: FW-YZ-001", "- code: FW-YY-001", "FW-YY-001: "),
        ("catalogue/items/YZ.yaml", "  form:", "  forn:", "FW-YZ-001: forn: "),
        ("catalogue/meta.yaml", "title:", "- title:", "catalogue/meta.yaml:"),
        ("organisation/departments.yaml", "code: YZ", "code: YZ1", "departments.yaml:{}:"),
    ],
)
def test_one_slip_is_one_line(  # noqa: PLR0917 - a table
    tmp_path: Path,
    found: Callable[[Path], data_files.Found],
    file: str,
    text: str,
    replacement: str,
    line: str,
) -> None:
    city = small(tmp_path / "city", *({file} - {"catalogue/items/YZ.yaml"}))
    spoil(city / file, text, replacement)

    [bad] = found(city).bad

    assert line.format(line_of(city / file, replacement)) in str(bad)


def test_a_name_that_means_nothing_keeps_the_data_from_being_sound(tmp_path: Path) -> None:
    city = small(tmp_path / "city")
    put(city, "ofices.yaml")

    ended = yikou("check", environment(tmp_path / "var", data_dir=str(city)))

    assert ended.returncode == 1
    [line] = ended.stdout.splitlines()
    assert line.startswith(f"{city}/ofices.yaml: 没有这样的数据文件")


def test_notes_and_what_editors_leave_are_no_data(
    tmp_path: Path, found: Callable[[Path], data_files.Found]
) -> None:
    city = small(tmp_path / "city", "offices.yaml")
    for name in ("README.txt", ".git/x", "notes.md", "~$communities.csv"):
        put(city, name)

    assert found(city).bad == []


def test_settings_and_data_are_told_together(tmp_path: Path) -> None:
    city = small(tmp_path / "city", "offices.yaml")
    spoil(city / "offices.yaml", "desks: 2", "desks: none")
    environ = environment(
        tmp_path / "var", data_dir=str(city), workers="0", env="production", host="300.1.2.3"
    )

    ended = yikou("check", environ)

    assert ended.returncode == 1
    assert "offices.yaml:3: community: desks: 应为整数 / must be a whole number" in ended.stdout
    for name in ("WORKERS", "HOST", "SECRET_KEYS", "PUBLIC_URL"):
        assert ended.stderr.count(f"yikou: YIKOU_{name} ") == 1


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_files_saved_by_excel_are_read(
    tmp_path: Path, found: Callable[[Path], data_files.Found], encoding: str
) -> None:
    city = small(tmp_path / "city")
    shutil.copytree(sources.DATA / "organisation", city / "organisation")
    for path in (city / "organisation").glob("*.csv"):
        path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))

    assert found(city).bad == []


def test_a_new_item_needs_no_other_edit(
    tmp_path: Path, found: Callable[[Path], data_files.Found]
) -> None:
    items = small(tmp_path / "city") / "catalogue" / "items"
    text = (items / "YZ.yaml").read_text(encoding="utf-8")
    first = text[text.index("- code:") :].split("\n- code:")[0].replace("-001", "-099")
    (items / "YZ.yaml").write_text(f"{text.rstrip()}\n\n{first}\n", encoding="utf-8")

    read = found(tmp_path / "city")

    assert read.bad == []
    assert len(read.catalogue.items) == 2


def test_a_citys_own_items_need_no_other_file_of_its_own(
    tmp_path: Path, found: Callable[[Path], data_files.Found]
) -> None:
    items = small(tmp_path / "city") / "catalogue" / "items"
    text = (items / "YZ.yaml").read_text(encoding="utf-8")
    (items / "YZ.yaml").write_text(text.replace("-YZ-0", "-YZ-9"), encoding="utf-8")

    assert found(tmp_path / "city").bad == []
    (items.parent / "synonyms.yaml").write_text("FW-YZ-001: [存折]\n", encoding="utf-8")
    [bad] = found(tmp_path / "city").bad
    assert "synonyms.yaml:1: FW-YZ-001: 没有这个事项" in str(bad)


def test_the_web_server_does_not_start_with_a_typo_in_its_words(tmp_path: Path) -> None:
    city = tmp_path / "city"
    city.mkdir()
    shutil.copy(sources.DATA / "messages.yaml", city)
    spoil(city / "messages.yaml", "{item}", "{itm}")
    url = "postgres://yikou@127.0.0.1:1/yikou"

    ended = yikou("web", environment(tmp_path / "v", data_dir=str(city), database_url=url))

    assert ended.returncode == 1
    assert "{itm} 不会被替换" in ended.stderr
