"""A city of a few lines: what becomes of each, written down by hand."""

from pathlib import Path

import pytest

from backend.organisation import contents
from backend.organisation.contents import Contents, UnitContent
from models import UnitLevel

FILES = {
    "departments.yaml": (
        "- {code: MZ, name: 民政局, kind: government, level: district}\n"
        "- {code: YZ, name: 邮政局, kind: government, level: city}\n"
    ),
    "districts.csv": "code,name,kind\n210100000000,沈阳市,city\n210102000000,和平区,district\n",
    "streets.csv": (
        "code,name,kind,district_code\n210102001000,浑河湾街道,街道,210102000000\n"
        "210102101000,浑河镇,镇,210102000000\n"
    ),
    "communities.csv": (
        "code,name,street_code,lat,lng\n210102001001,第一社区,210102001000,41.5,123.25\n"
        "210102001002,第二社区,210102001000,41.6,123\n"
    ),
}
CITY, DISTRICT, STREET = "210100000000", "210102000000", "210102001000"


def read(folder: Path, **changed: str) -> Contents:
    """The small city, with these texts in place of its files' by their names without an end."""
    (folder / "organisation").mkdir(exist_ok=True)
    for name, text in FILES.items():
        own = changed.get(name.partition(".")[0], text)
        (folder / "organisation" / name).write_text(own, encoding="utf-8")
    return contents.read(folder.joinpath)


def told(found: Contents) -> list[tuple[str, str, int]]:
    """Each fault: the file, what its row is called, and its line."""
    return [(Path(bad.file).name, bad.row, bad.line or 0) for bad in found.bad]


def test_each_line_is_a_unit_under_the_one_that_it_names(tmp_path: Path) -> None:
    found = read(tmp_path)

    assert found.bad == []
    assert list(found.units.values())[:6] == [
        UnitContent(CITY, "沈阳市", UnitLevel.CITY, None, None, CITY),
        UnitContent(DISTRICT, "和平区", UnitLevel.DISTRICT, CITY, None, f"{CITY}/{DISTRICT}"),
        UnitContent(
            STREET, "浑河湾街道", UnitLevel.STREET, DISTRICT, None, f"{CITY}/{DISTRICT}/{STREET}"
        ),
        UnitContent(
            "210102101000",
            "浑河镇",
            UnitLevel.STREET,
            DISTRICT,
            None,
            f"{CITY}/{DISTRICT}/210102101000",
        ),
        UnitContent(
            "210102001001",
            "第一社区",
            UnitLevel.COMMUNITY,
            STREET,
            None,
            f"{CITY}/{DISTRICT}/{STREET}/210102001001",
            41.5,
            123.25,
        ),
        UnitContent(
            "210102001002",
            "第二社区",
            UnitLevel.COMMUNITY,
            STREET,
            None,
            f"{CITY}/{DISTRICT}/{STREET}/210102001002",
            41.6,
            123.0,
        ),
    ]


def test_a_department_hangs_under_the_city_and_where_it_has_branches_under_each_district(
    tmp_path: Path,
) -> None:
    found = read(tmp_path)

    assert found.department_codes == {"MZ", "YZ"}
    assert {
        unit.code: (unit.name, unit.parent, unit.department, unit.path)
        for unit in found.units.values()
        if unit.level is UnitLevel.DEPARTMENT
    } == {
        "210100-MZ": ("沈阳市民政局", CITY, "MZ", f"{CITY}/210100-MZ"),
        "210100-YZ": ("沈阳市邮政局", CITY, "YZ", f"{CITY}/210100-YZ"),
        "210102-MZ": ("和平区民政局", DISTRICT, "MZ", f"{CITY}/{DISTRICT}/210102-MZ"),
    }


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (
            {"departments": FILES["departments.yaml"] + "\n- {code: YZ, name: 局, level: city}\n"},
            ("departments.yaml", "entry 3", 4),
        ),
        (
            {"departments": FILES["departments.yaml"].replace("name: 民政局, ", "")},
            ("departments.yaml", "entry 1", 1),
        ),
        (
            {"streets": FILES["streets.csv"].replace("101000,浑河镇,镇", "101000,浑河镇,街道")},
            ("streets.csv", "210102101000", 3),
        ),
        (
            {
                "communities": FILES["communities.csv"]
                + "210102003001,某社区,210102003000,41.6,123\n"
            },
            ("communities.csv", "210102003001", 4),
        ),
    ],
)
def test_a_fault_is_told_with_its_row_and_line(
    tmp_path: Path, changed: dict[str, str], fault: tuple[str, str, int]
) -> None:
    assert told(read(tmp_path, **changed)) == [fault]


def test_of_many_without_the_one_above_it_is_named_once_with_their_number(tmp_path: Path) -> None:
    lost = "".join(f"21010200300{n},社区{n},210102003000,41.6,123\n" for n in (1, 2, 3))
    other = "210102004001,社区四,210102004000,41.6,123\n"

    found = read(tmp_path, communities=FILES["communities.csv"] + lost + other)

    assert [bad.reason for bad in found.bad] == [
        (
            "code: 210102003001 没有上级 210102003000，另有 2 行同此"
            " / has no parent 210102003000, nor have 2 more rows"
        ),
        "code: 210102004001 没有上级 210102004000 / has no parent 210102004000",
    ]
    assert list(found.orphans) == ["210102003000", "210102004000"]


def test_a_department_at_fault_keeps_its_code_where_that_is_sure(tmp_path: Path) -> None:
    nameless = FILES["departments.yaml"].replace("name: 民政局, ", "")
    found = read(tmp_path, departments=nameless)
    assert found.department_codes == {"MZ", "YZ"}
    assert [department.code for department in found.departments] == ["YZ"]
    codeless = FILES["departments.yaml"].replace("code: MZ, ", "")
    assert read(tmp_path, departments=codeless).department_codes == set()
