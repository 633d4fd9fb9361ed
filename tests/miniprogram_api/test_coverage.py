"""The files of offices against the units and items of the city."""

from dataclasses import replace
from pathlib import Path

import pytest

from backend.appointments.plan import own_offices, plans
from backend.catalogue.loading import contents as catalogue
from backend.organisation import contents as organisation
from config import sources
from miniprogram_api.process import coverage
from miniprogram_api.process.coverage import City
from models import UnitLevel
from tests.cities import finding


@pytest.fixture(scope="module")
def city() -> City:
    units = organisation.read()
    items = catalogue.read(frozenset(units.department_codes))
    assert not [*units.bad, *items.bad]
    return City(units.units, items.items)


def test_the_sample_is_sound_and_each_booked_item_has_an_office_in_every_district(
    city: City,
) -> None:
    """The built-in file is spared what a city's own is told, so that it is looked at as one."""
    assert city.units
    assert city.items
    assert list(coverage.check(city)) == []
    own = own_offices.read([])
    assert list(coverage.strange(own, city)) == []
    assert plans.read([]).keys() > {UnitLevel.COMMUNITY, UnitLevel.STREET, UnitLevel.DISTRICT}
    districts = [unit for unit in city.units.values() if unit.level is UnitLevel.DISTRICT]
    for item in city.items:
        at = set(item.fields["offices_at"]) & {"community", "street", "district"}
        if not item.fields["appointment"] or at:
            continue
        offices = [office for office in own.offices if coverage.serves(office, item)]
        assert len(offices) >= len(districts), item.code
        names = " ".join(office.row.address for office in offices)
        assert [unit.name for unit in districts if unit.name not in names] == [], item.code


@pytest.mark.parametrize(
    ("text", "slip", "told"),
    [
        ("210102-MZ-01", "210999-MZ-01", "210999-MZ-01: code: 没有单位 210999-MZ"),
        ("lat: 41.", "lat: 31.", "lat: 不在本市范围内"),
        ("items: [FW-MZ-009]", "items: [FW-MZ-999]", "items: 没有事项 FW-MZ-999"),
        ("items: [FW-MZ-009]", "items: [FW-GA-003]", "items: FW-GA-003 不是部门 MZ 的事项"),
        ("items: [FW-MZ-009]", "items: [FW-MZ-003]", "items: FW-MZ-003 的 offices_at"),
        ("items: [FW-MZ-009]", "items: [FW-MZ-001]", "FW-MZ-009: 可以预约，但没有网点办理"),
    ],
)
def test_what_does_not_fit_a_citys_own_file_is_told(
    city: City, tmp_path: Path, *, text: str, slip: str, told: str
) -> None:
    content = (sources.DATA / own_offices.FILE).read_text(encoding="utf-8")
    (tmp_path / own_offices.FILE).write_text(content.replace(text, slip, 1), encoding="utf-8")

    bad = [str(row) for row in coverage.check(city, finding(tmp_path))]

    assert [line for line in bad if told in line], bad


def test_a_city_without_these_units_and_items_is_not_blamed_for_our_offices(city: City) -> None:
    assert city.units
    assert city.items
    units = {code: unit for code, unit in city.units.items() if not code.startswith("210102")}
    booked = [item for item in city.items if item.department == "CG"]

    assert list(coverage.check(City(units, booked))) == []
    unknown = replace(city, units=None, items=None)
    assert list(coverage.check(unknown)) == []
