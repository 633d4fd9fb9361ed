"""`yikou check`: everything is read, nothing is changed, one line for each fault."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from config import database, sources
from tests.launcher.launch import environment, run_yikou, yikou
from tests.stage import Kind, scratch_database


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
    assert all(re.search("[\u4e00-\u9fff].* / [A-Za-z0-9]", line) for line in lines), lines
    assert [line.split(" ")[0] for line in lines] == [
        "calendar/2026.yaml:6:",
        "catalogue/items/MZ.yaml:18:",
        "catalogue/items/MZ.yaml:18:",
        "catalogue/synonyms.yaml:194:",
        "messages.yaml:10:",
        "offices.yaml:1:",
        "organisation/communities.csv:5:",
    ]
    as_json = run_yikou(["check", "--json"], environ).stdout.splitlines()
    assert [json.loads(line)["line"] for line in as_json] == [
        int(line.split(":")[1]) for line in lines
    ]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda city: city.mkdir(), ": YIKOU_DATA_DIR 中没有一口办的数据文件"),
        (lambda city: (city / "data").mkdir(parents=True), "/data: 没有这样的数据文件"),
        (lambda city: put(city, "communities.csv"), "did you mean organisation/communities.csv?"),
        (lambda city: put(city, "organisation/comunities.csv"), "organisation/communities.csv?"),
        (lambda city: put(city, "ofices.yaml"), "did you mean offices.yaml?"),
        (lambda city: put(city, "calender/2026.yaml"), "did you mean calendar?"),
        (lambda city: put(city, "calendar/26.yaml"), "did you mean calendar/2026.yaml?"),
        (lambda city: put(city, "calendar/2027.yml"), "did you mean calendar/2027.yaml?"),
        (lambda city: put(city, "catalogue/items/MZ.yml"), "did you mean catalogue/items/MZ.yaml?"),
        (lambda city: put(city, "catalogue/syllables.txt"), "is not the city's to change"),
    ],
)
def test_a_folder_or_name_that_means_nothing_is_told_with_the_right_one(
    tmp_path: Path, make: Callable[[Path], object], told: str
) -> None:
    make(tmp_path / "city")

    ended = yikou("check", environment(tmp_path / "var", data_dir=str(tmp_path / "city")))

    assert ended.returncode == 1
    assert told in ended.stdout
    assert ended.stdout.count("data file of Yikou") <= 1


def put(city: Path, name: str) -> None:
    """An empty file of this name."""
    (city / name).parent.mkdir(parents=True, exist_ok=True)
    (city / name).write_text("", encoding="utf-8")


def test_notes_and_what_editors_leave_are_no_data(tmp_path: Path) -> None:
    city = tmp_path / "city"
    city.mkdir()
    shutil.copy(sources.DATA / "offices.yaml", city)
    for name in ("README.txt", ".git/x", "notes.md", "~$communities.csv"):
        put(city, name)

    ended = yikou("check", environment(tmp_path / "var", data_dir=str(city)))

    assert ended.returncode == 0, ended.stdout


def test_settings_and_data_are_told_together(tmp_path: Path) -> None:
    city = tmp_path / "city"
    city.mkdir()
    shutil.copy(sources.DATA / "offices.yaml", city)
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


def test_a_citys_own_items_need_no_other_file_of_its_own(tmp_path: Path) -> None:
    items = tmp_path / "city" / "catalogue" / "items"
    items.mkdir(parents=True)
    text = (sources.DATA / "catalogue" / "items" / "YZ.yaml").read_text(encoding="utf-8")
    (items / "YZ.yaml").write_text(text.replace("-YZ-0", "-YZ-9"), encoding="utf-8")
    environ = environment(tmp_path / "var", data_dir=str(tmp_path / "city"))

    ended = yikou("check", environ)

    assert ended.returncode == 0, ended.stdout
    (items.parent / "synonyms.yaml").write_text("FW-YZ-001: [存折]\n", encoding="utf-8")
    assert "synonyms.yaml:1: FW-YZ-001: 没有这个事项" in yikou("check", environ).stdout


def test_the_web_server_does_not_start_with_a_typo_in_its_words(tmp_path: Path) -> None:
    city = tmp_path / "city"
    city.mkdir()
    shutil.copy(sources.DATA / "messages.yaml", city)
    spoil(city / "messages.yaml", "{item}", "{itm}")
    url = "postgres://yikou@127.0.0.1:1/yikou"

    ended = yikou("web", environment(tmp_path / "v", data_dir=str(city), database_url=url))

    assert ended.returncode == 1
    assert "{itm} 不会被替换" in ended.stderr


def spoil(path: Path, text: str, replacement: str) -> None:
    """Replace the text's first occurrence in the file."""
    before = path.read_text(encoding="utf-8")
    assert text in before
    path.write_text(before.replace(text, replacement, 1), encoding="utf-8")


async def test_a_dry_run_tells_what_a_load_would_change_and_writes_nothing(tmp_path: Path) -> None:
    city = tmp_path / "city"
    (city / "organisation").mkdir(parents=True)
    shutil.copy(sources.DATA / "organisation" / "communities.csv", city / "organisation")
    shutil.copy(sources.DATA / "offices.yaml", city)
    async with scratch_database("dry", like=Kind.DEMO) as owner:
        environ = environment(tmp_path / "var", data_dir=str(city), database_url=owner)
        before = await figures(owner)
        spoil(city / "organisation" / "communities.csv", "浑河湾第一社区", "文安路社区")
        spoil(city / "offices.yaml", '"08:30"', '"09:00"')

        tried = run_yikou(["load", "--dry-run"], environ)

        assert "unit 210102001001: name '浑河湾第一社区' becomes '文安路社区'" in tried.stdout
        assert "'浑河湾第一社区便民服务站' becomes '文安路社区便民服务站'" in tried.stdout
        assert "Nothing was written." in tried.stdout
        assert await figures(owner) == before

        loaded = run_yikou(["load"], environ)

        assert loaded.returncode == 0
        assert tried.stdout.splitlines()[:-1] == loaded.stdout.splitlines()[:-1]
        assert (
            tried.stdout.splitlines()[-1]
            .removeprefix("试运行，未写入。 Would be: ")
            .removesuffix(" Nothing was written.")
            == loaded.stdout.splitlines()[-1]
        )
        assert await figures(owner) != before
        await removed_community(city, environ, owner)


async def removed_community(city: Path, environ: dict[str, str], owner: str) -> None:
    """A community is taken out of the file: refused while staff depend on it, then ended."""
    path = city / "organisation" / "communities.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("210102001002,")]
    path.write_text("".join(kept), encoding="utf-8")
    single = await database.single(owner)
    try:
        await single.execute(
            "INSERT INTO staff (id, created_at, name_sealed, active) VALUES"
            " (uuidv7(), now(), '', true)"
        )
        await single.execute(
            "INSERT INTO post (id, created_at, staff_id, unit_id, role)"
            " SELECT uuidv7(), now(), id, '210102001002', 'clerk' FROM staff"
        )
        before = await figures(owner)

        for asked in (["load"], ["load", "--dry-run"]):
            refused = run_yikou(asked, environ)
            assert refused.returncode == 1
            assert "210102001002 浑河湾第二社区 已不在数据文件中" in refused.stderr
            assert "yikou staff end --post" in refused.stderr
        assert await figures(owner) == before

        await single.execute("DELETE FROM post")
        for asked in (["load", "--dry-run"], ["load"]):
            told = run_yikou(asked, environ).stdout
            assert "unit 210102001002 浑河湾第二社区: 已停用 / ended" in told
            assert "浑河湾第二社区便民服务站: 已停办 / ended" in told
        assert "ended" not in run_yikou(["load"], environ).stdout
    finally:
        await single.close()


async def figures(url: str) -> tuple[object, ...]:
    """What a load writes, counted and hashed."""
    single = await database.single(url)
    try:
        row = await single.fetchrow(
            "SELECT (SELECT md5(string_agg(u::text, '' ORDER BY code)) FROM org_unit u),"
            " (SELECT md5(string_agg(o::text, '' ORDER BY id)) FROM office o),"
            " (SELECT md5(string_agg(h::text, '' ORDER BY id)) FROM opening_hours h),"
            " (SELECT count(*) FROM slot), (SELECT count(*) FROM item_version)"
        )
        return tuple(row)
    finally:
        await single.close()
