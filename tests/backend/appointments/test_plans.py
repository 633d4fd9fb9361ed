"""The plans of offices: what they may say, and what is told when they say something else."""

from pathlib import Path

import pytest

from backend.appointments.plan import plans
from config.sources import BadRow
from models import UnitLevel

PLAN = (
    "community: {name: 便民服务站, phone: 024-12345, desks: 2, slot_minutes: 30,"
    ' hours: [["08:30", "11:30"], ["13:00", "17:00"]]}\n'
)


def read(folder: Path, text: str) -> tuple[dict[UnitLevel, plans.Plan], list[str]]:
    path = folder / plans.FILE
    path.write_text(text, encoding="utf-8")
    bad: list[BadRow] = []
    return plans.read(bad, folder.joinpath), [f"{row.line}: {row.reason}" for row in bad]


def test_a_sound_plan_is_read(tmp_path: Path) -> None:
    found, bad = read(tmp_path, PLAN)

    assert bad == []
    assert found[UnitLevel.COMMUNITY].hours == [("08:30", "11:30"), ("13:00", "17:00")]


@pytest.mark.parametrize(
    ("text", "replacement", "told"),
    [
        ("desks: 2", "desks: -2", "1: desks: 超出允许的范围，不能小于 1 / must not be less"),
        ("desks: 2", "desks: 0", "1: desks: 超出允许的范围，不能小于 1 / must not be less"),
        ("slot_minutes: 30", "slot_minutes: 0", "1: slot_minutes: "),
        (
            "slot_minutes: 30",
            "slot_minute: 30",
            "1: slot_minute: 不认识的字段，是否为 slot_minutes",
        ),
        ('"11:30"', '"07:30"', "1: hours: 须从早到晚 / each time must be later"),
        ('"11:30"', '"13:30"', "1: hours: 须从早到晚 / each time must be later"),
        ('"11:30"', '"25:30"', "1: hours.0.1: "),
        ("community:", "comunity:", "1: 不是层级，可用 / is no level"),
        ("phone: 024-12345", "phone: call us", "1: phone: "),
        ("community:", "community: {}\nstreet:", "1: 是空的 / is empty"),
    ],
)
def test_a_bad_plan_is_told_with_its_line(
    tmp_path: Path, text: str, replacement: str, told: str
) -> None:
    _, bad = read(tmp_path, PLAN.replace(text, replacement))

    assert any(line.startswith(told) for line in bad), bad


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ({}, ["1: 是空的 / is empty"])
