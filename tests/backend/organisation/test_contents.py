"""The organisation's data files: sound, and every bad row named."""

import shutil
from pathlib import Path

import pytest

from backend.organisation import contents
from config import sources


def test_the_files_are_sound() -> None:
    found = contents.read()

    assert found.bad == []
    assert all(
        found.units[unit.parent].path + "/" + unit.code == unit.path
        for unit in found.units.values()
        if unit.parent
    )


@pytest.mark.parametrize(
    ("file", "line", "reason"),
    [
        ("streets.csv", "210102099000,某街道,街道,210199000000",
         "code: 210102099000 没有上级 210199000000 / has no parent 210199000000"),
        ("streets.csv", "210102100000,某街道,街道,210102000000",
         "code: 210102100000 的类型不符 / is not the code of a 街道"),
        ("streets.csv", "21010209900,某街道,街道,210102000000",
         "code: 格式不正确，须符合 ^[0-9]{12}$ / must look like ^[0-9]{12}$"),
        ("streets.csv", "210102001000,重复街道,街道,210102000000",
         "code: 210102001000 重复 / is given twice"),
        ("streets.csv", "210103099000,某街道,街道,210102000000",
         "code: 210103099000 与上级不同 / does not begin like 210102000000"),
        ("communities.csv", "210102001004,,210102001000,41.79,123.42",
         "name: 过短，至少 1 个字 / must have 1 characters or more"),
        ("departments.yaml", "- {code: ZZ9, name: 某局, kind: government, level: district}",
         "code: 格式不正确，须符合 ^[A-Z]{2}$ / must look like ^[A-Z]{2}$"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_and_the_others_are_read(
    tmp_path: Path, file: str, line: str, reason: str
) -> None:
    folder = tmp_path / "organisation"
    shutil.copytree(sources.DATA / "organisation", folder)
    with (folder / file).open("a", encoding="utf-8") as written:
        written.write(line + "\n")

    found = contents.read(tmp_path.joinpath)

    assert [(Path(bad.file).name, bad.reason) for bad in found.bad] == [(file, reason)]
    assert len(found.units) == len(contents.read().units)


@pytest.mark.parametrize("name", ["districts.csv", "streets.csv", "communities.csv"])
def test_a_file_without_commas_is_told_in_one_line(tmp_path: Path, name: str) -> None:
    built_in = sources.DATA / "organisation" / name
    own = tmp_path / name
    own.write_text(built_in.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")

    found = contents.read(lambda each: own if each.endswith(name) else sources.DATA / each)

    assert [bad.file for bad in found.bad] == [str(own)]


@pytest.mark.parametrize(
    ("name", "text", "replacement", "reason"),
    [
        ("districts.csv", "和平区,district", ",district", "name: 过短"),
        ("districts.csv", "沈阳市,city", "沈阳市,town", "kind: 不在可选范围内"),
        ("districts.csv", "210100000000,沈阳市,city\n", "", "has no row of the kind city"),
        ("streets.csv", "210102001000,", "21010200100,", "code: 格式不正确"),
        ("streets.csv", "210102001000,", "210102501000,", "is not the code of a 街道"),
        ("streets.csv", "210102001000,", "210103077000,", "does not begin like 210102000000"),
        ("streets.csv", "210102001000,", "210102002000,", "is given twice"),
        ("districts.csv", "210103000000,", "210102000000,", "is given twice"),
        ("districts.csv", "210102000000,", "21010200000,", "code: 格式不正确"),
        ("districts.csv", "210100000000,", "210200000000,", "210100000000, nor have 12 more"),
    ],
)
def test_what_is_below_a_bad_row_is_not_told_as_well(  # noqa: PLR0917 - a table
    tmp_path: Path, name: str, text: str, replacement: str, reason: str
) -> None:
    own = tmp_path / name
    built_in = (sources.DATA / "organisation" / name).read_text(encoding="utf-8")
    assert text in built_in
    own.write_text(built_in.replace(text, replacement, 1), encoding="utf-8")

    found = contents.read(lambda each: own if each.endswith(f"/{name}") else sources.DATA / each)

    [bad] = found.bad
    assert (bad.file, reason in bad.reason) == (str(own), True), bad


def test_a_district_of_another_code_is_one_fault_for_all_its_streets(tmp_path: Path) -> None:
    own = tmp_path / "districts.csv"
    built_in = (sources.DATA / "organisation" / own.name).read_text(encoding="utf-8")
    own.write_text(built_in.replace("210102000000", "210109000000"), encoding="utf-8")

    found = contents.read(lambda each: own if each.endswith(own.name) else sources.DATA / each)

    [bad] = found.bad
    assert (bad.file, bad.line) == ("organisation/streets.csv", 3)
    assert bad.reason == (
        "code: 210102001000 没有上级 210102000000，另有 9 行同此"
        " / has no parent 210102000000, nor have 9 more rows"
    )


def test_a_department_of_no_code_may_be_any(tmp_path: Path) -> None:
    own = tmp_path / "departments.yaml"
    built_in = (sources.DATA / "organisation" / own.name).read_text(encoding="utf-8")
    own.write_text(built_in.replace("code: YZ", "code: YZ1"), encoding="utf-8")

    found = contents.read(lambda each: own if each.endswith(own.name) else sources.DATA / each)

    assert len(found.bad) == 1
    assert found.department_codes == set()


def test_the_city_may_stand_anywhere_in_its_file(tmp_path: Path) -> None:
    own = tmp_path / "districts.csv"
    heading, city, *districts = (
        (sources.DATA / "organisation" / own.name).read_text(encoding="utf-8").splitlines()
    )
    own.write_text("\n".join([heading, *districts, city]), encoding="utf-8")

    found = contents.read(lambda each: own if each.endswith(own.name) else sources.DATA / each)

    assert found.bad == []
    assert found.units.keys() == contents.read().units.keys()


def test_streets_without_any_district_are_told(tmp_path: Path) -> None:
    own = tmp_path / "districts.csv"
    own.write_text("code,name,kind\n210100000000,沈阳市,city\n", encoding="utf-8")

    found = contents.read(lambda each: own if each.endswith(own.name) else sources.DATA / each)

    assert {Path(bad.file).name for bad in found.bad} == {"streets.csv"}
    assert all("has no parent" in bad.reason for bad in found.bad)
    assert len(found.bad) == len({bad.reason for bad in found.bad}) == 13
