"""The file of departments' offices by itself: what it may say, and what is told of the rest."""

from pathlib import Path

import pytest

from backend.appointments.plan import own_offices
from backend.appointments.plan.own_offices import Found
from config.sources import BadRow

FILE = """kinds:
  registry: {department: MZ, items: [FW-MZ-009], desks: 3, slot_minutes: 30, days: [1, 6],
    hours: [["08:30", "11:30"]]}
  clinic: {department: WJ, desks: 2, slot_minutes: 60, hours: [["08:00", "11:00"]]}
offices:
- {code: 210102-MZ-01, kind: registry, name: 登记处, address: 文化路1号,
    phone: 024-12345, lat: 41.79, lng: 123.42}
- {code: 210102-WJ-01, kind: clinic, name: 门诊, address: 健康路2号,
    phone: 024-54321, lat: 41.78, lng: 123.41, desks: 5, hours: [["09:00", "12:00"]]}
"""


def read(folder: Path, text: str) -> tuple[Found, list[str]]:
    (folder / own_offices.FILE).write_text(text, encoding="utf-8")
    bad: list[BadRow] = []
    found = own_offices.read(bad, folder.joinpath)
    return found, [f"{row.line}: {row.row}: {row.reason}" for row in bad]


def test_an_office_has_what_its_kind_says_and_what_it_says_itself(tmp_path: Path) -> None:
    found, bad = read(tmp_path, FILE)

    assert bad == []
    registry, clinic = (office.planned() for office in found.offices)
    assert (registry["unit"], registry["code"]) == ("210102-MZ", "210102-MZ-01")
    assert (registry["items"], registry["days"], registry["desks"]) == (["FW-MZ-009"], [1, 6], 3)
    assert (clinic["items"], clinic["days"], clinic["desks"]) == (None, [1, 2, 3, 4, 5], 5)
    assert (clinic["hours"], clinic["slot_minutes"]) == ([("09:00", "12:00")], 60)
    assert not found.ours


@pytest.mark.parametrize(
    ("text", "replacement", "told"),
    [
        ("kind: clinic", "kind: clinics", "8: 210102-WJ-01: kind: 没有这一类"),
        ("210102-WJ-01", "210102-GA-01", "8: 210102-GA-01: code: 不属于部门"),
        ("kind: clinic", "kind: registry", "8: 210102-WJ-01: code: 不属于部门"),
        (
            "210102-WJ-01, kind: clinic",
            "210102-MZ-01, kind: registry",
            "8: 210102-MZ-01: code: 210102-MZ-01 重复",
        ),
        ("210102-WJ-01", "21-WJ-1", "8: 21-WJ-1: code: 格式不正确"),
        ('["09:00", "12:00"]', '["12:00", "09:00"]', "8: 210102-WJ-01: hours: 须从早到晚"),
        ('["09:00", "12:00"]', '["09:00", "09:30"]', "8: 210102-WJ-01: hours: 短于一个时段"),
        ('["08:30", "11:30"]', '["11:30", "08:30"]', "2: registry: hours: 须从早到晚"),
        ("days: [1, 6]", "days: [1, 1]", "2: registry: days: 1 重复"),
        ("desks: 5", "desks: 5, days: [3, 4, 3]", "9: 210102-WJ-01: days: 3 重复"),
        ("items: [FW-MZ-009]", "items: [A, A]", "2: registry: items: A 重复"),
        ("days: [1, 6]", "days: [0]", "2: registry: days.0: 超出允许的范围"),
        ("lat: 41.79", "lat: 141.79", "7: 210102-MZ-01: lat: 超出允许的范围"),
        (", lng: 123.42", "", "6: 210102-MZ-01: lng: 必填"),
        ("phone: 024-54321", "phone: 总机", "9: 210102-WJ-01: phone: 格式不正确"),
        ("offices:\n", "desks: 1\noffices:\n", "5: desks: 不认识的字段"),
        ("offices:\n", "offices: {}\nothers:\n", "5: offices: 应为列表"),
        ("kinds:\n", "kinds: []\nothers:\n", "1: kinds: 应为“名称: 值”"),
    ],
)
def test_each_slip_is_told_with_its_line(
    tmp_path: Path, text: str, replacement: str, told: str
) -> None:
    _, bad = read(tmp_path, FILE.replace(text, replacement, 1))

    assert any(line.startswith(told) for line in bad), bad


def test_offices_of_a_kind_at_fault_are_not_blamed_as_well(tmp_path: Path) -> None:
    _, bad = read(tmp_path, FILE.replace("slot_minutes: 60", "slot_minutes: 1"))

    assert [line.split(":")[1].strip() for line in bad] == ["clinic"]
