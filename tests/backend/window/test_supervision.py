"""Which window somebody serves at, and which day's looking-up stands out."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from backend.identity.actors import PostView, StaffActor
from backend.window import figures, posts
from backend.window.figures import Volume
from backend.window.refusals import WindowMissing, WindowUnclear
from config.clock import CITY_TIME
from models import Role, UnitLevel

NOW = datetime(2026, 3, 9, 10, tzinfo=CITY_TIME)
HERE, THERE = "210102001001", "210102001002"


def post(role: Role, unit: str = HERE) -> PostView:
    return PostView(
        role=role,
        unit_code=unit,
        unit_name=f"社区{unit[-1]}",
        level=UnitLevel.COMMUNITY,
        path=f"210100/{unit}",
        department_code=None,
        since=NOW,
    )


def member(*held: PostView) -> StaffActor:
    return StaffActor(id=UUID(int=1), session_id=UUID(int=2), posts=held)


CLERK, OTHER = post(Role.CLERK), post(Role.CLERK, THERE)
ABOVE = [post(role) for role in Role if role is not Role.CLERK]


def test_only_a_clerk_serves_at_a_window() -> None:
    assert posts.windows(member(*ABOVE, CLERK, OTHER)) == [CLERK, OTHER]
    for held in ([], ABOVE):
        with pytest.raises(WindowMissing):
            posts.windows(member(*held))
        with pytest.raises(WindowMissing):
            posts.window(member(*held), None)


@pytest.mark.parametrize(
    ("held", "unit", "found"),
    [
        ([CLERK], None, CLERK),
        ([CLERK, *ABOVE], None, CLERK),
        ([CLERK], HERE, CLERK),
        ([CLERK, OTHER], THERE, OTHER),
        ([CLERK, OTHER], HERE, CLERK),
    ],
)
def test_the_window_is_the_one_that_is_named_or_the_only_one(
    held: list[PostView], unit: str | None, found: PostView
) -> None:
    assert posts.window(member(*held), unit) == found


def test_among_several_windows_one_must_be_named_and_be_ones_own() -> None:
    with pytest.raises(WindowUnclear):
        posts.window(member(CLERK, OTHER), None)
    with pytest.raises(WindowMissing):
        posts.window(member(CLERK), THERE)
    with pytest.raises(WindowMissing):
        posts.window(member(post(Role.REVIEWER, THERE), CLERK), THERE)


@pytest.mark.parametrize(
    ("reveals", "usual", "unusual"),
    [
        (10, 0, False),
        (11, 0, True),
        (12, 4, False),
        (13, 4, True),
        (30, 10, False),
        (31, 10, True),
        (5, 0.1, False),
    ],
)
def test_a_day_stands_out_above_ten_and_three_times_the_usual(
    reveals: int, usual: float, *, unusual: bool
) -> None:
    day = date(2026, 3, 9)
    assert Volume(HERE, day, reveals, 0, usual, 0).unusual is unusual
    assert Volume(HERE, day, 0, reveals, 0, usual).unusual is unusual
    # Many of one kind do not make few of the other usual.
    assert Volume(HERE, day, reveals, 0, usual, 1000).unusual is unusual


def test_the_usual_is_the_mean_of_four_weeks_before_the_day_alone() -> None:
    usual = figures._usual  # noqa: SLF001 - else four weeks of looks had to be written
    day = date(2026, 3, 9)
    counted = {day - timedelta(days=back): (28, 56) for back in (1, 28)}

    assert usual(counted, day) == (2.0, 4.0)
    assert usual(counted | {day: (999, 999)}, day) == (2.0, 4.0)
    assert usual(counted | {day - timedelta(days=29): (999, 999)}, day) == (2.0, 4.0)
    assert usual({}, day) == (0.0, 0.0)
    assert usual({day - timedelta(days=1): (1, 2)}, day) == (0.0, 0.1)
