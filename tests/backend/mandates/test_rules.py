"""The rules of a mandate by themselves: until when, of what age, and how it stands."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from backend.mandates import checks, codes
from backend.mandates.mandates import Mandate, MandateState
from backend.mandates.refusals import MandateAgentUnderage, MandateUntilInvalid
from config.clock import CITY_TIME
from models import Basis, Right

NOW = datetime(2026, 3, 9, 10, tzinfo=CITY_TIME)
TODAY = date(2026, 3, 9)
ID, OTHER = UUID(int=1), UUID(int=2)
MANDATE = Mandate(
    id=ID,
    principal_id=UUID(int=3),
    agent_id=UUID(int=4),
    unit=None,
    items=("FW-MZ-001",),
    rights=(Right.READ,),
    until=date(2026, 3, 31),
    basis=Basis.CODE,
    window=None,
    proof=None,
    file_id=None,
    created_at=NOW,
    code_until=None,
    accepted_at=NOW,
    revoked_at=None,
)


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2026, 3, 9), 1, date(2027, 3, 9)),
        (date(2024, 2, 29), 1, date(2025, 3, 1)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2026, 3, 9), 0, date(2026, 3, 9)),
    ],
)
def test_years_end_on_their_day_and_of_29_february_on_the_day_after(
    day: date, years: int, later: date
) -> None:
    assert checks.years_after(day, years) == later


@pytest.mark.parametrize(
    ("today", "until", "taken"),
    [
        (TODAY, TODAY, True),
        (TODAY, TODAY - timedelta(days=1), False),
        (TODAY, date(2027, 3, 9), True),
        (TODAY, date(2027, 3, 10), False),
        (date(2024, 2, 29), date(2025, 3, 1), True),
        (date(2024, 2, 29), date(2025, 3, 2), False),
    ],
)
def test_a_mandate_holds_from_today_for_a_year_at_most(
    today: date, until: date, *, taken: bool
) -> None:
    if taken:
        checks.check_until(until, today=today)
        return
    with pytest.raises(MandateUntilInvalid):
        checks.check_until(until, today=today)


@pytest.mark.parametrize(
    ("number", "today", "adult"),
    [
        ("210102200803090010", date(2026, 3, 8), False),
        ("210102200803090010", date(2026, 3, 9), True),
        ("210102200802290010", date(2026, 2, 28), False),
        ("210102200802290010", date(2026, 3, 1), True),
        ("11010519491231002X", date(2026, 3, 9), True),
    ],
)
def test_an_agent_is_an_adult_from_the_eighteenth_birthday(
    number: str, today: date, *, adult: bool
) -> None:
    assert (checks.birthday(number, checks.OF_AGE) <= today) is adult
    if adult:
        checks.check_agent(number, today=today)
        return
    with pytest.raises(MandateAgentUnderage):
        checks.check_agent(number, today=today)


@pytest.mark.parametrize("number", [None, "", "21010220081309001X"])
def test_nobodys_age_is_guessed(number: str | None) -> None:
    with pytest.raises(TypeError):
        checks.birthday(number, 18)


def test_of_other_ages_the_birthday_is_another() -> None:
    assert checks.birthday("210102201003090017", 16) == date(2026, 3, 9)
    assert checks.birthday("210102201003090017", 0) == date(2010, 3, 9)


SECOND = timedelta(seconds=1)
WAITING = replace(MANDATE, accepted_at=None, code_until=NOW + SECOND)


@pytest.mark.parametrize(
    ("mandate", "now", "state"),
    [
        (MANDATE, NOW, MandateState.ACTIVE),
        (MANDATE, datetime(2026, 3, 31, 23, 59, 59, tzinfo=CITY_TIME), MandateState.ACTIVE),
        (MANDATE, datetime(2026, 4, 1, 0, 0, tzinfo=CITY_TIME), MandateState.EXPIRED),
        # In Greenwich it is still the day before.
        (MANDATE, datetime(2026, 3, 31, 16, 0, tzinfo=UTC), MandateState.EXPIRED),
        (WAITING, NOW, MandateState.WAITING),
        (WAITING, NOW + SECOND, MandateState.EXPIRED),
        (replace(WAITING, code_until=None), NOW, MandateState.EXPIRED),
        (replace(WAITING, until=TODAY - timedelta(days=1)), NOW, MandateState.WAITING),
        (replace(MANDATE, revoked_at=NOW), NOW, MandateState.REVOKED),
        (replace(WAITING, revoked_at=NOW), NOW, MandateState.REVOKED),
        (replace(MANDATE, revoked_at=NOW, until=TODAY - timedelta(1)), NOW, MandateState.REVOKED),
        (replace(MANDATE, code_until=NOW - SECOND), NOW, MandateState.ACTIVE),
    ],
)
def test_how_a_mandate_stands_follows_from_the_moment(
    mandate: Mandate, now: datetime, state: MandateState
) -> None:
    assert mandate.state(now) is state


def test_a_mandate_for_all_items_covers_each_and_one_for_none_covers_none() -> None:
    everything, nothing = replace(MANDATE, items=None), replace(MANDATE, items=())

    assert [each.covers("FW-MZ-001") for each in (MANDATE, everything, nothing)] == [
        True,
        True,
        False,
    ]
    assert [each.covers("FW-MZ-00") for each in (MANDATE, everything, nothing)] == [
        False,
        True,
        False,
    ]


def test_a_code_is_six_digits_and_fits_its_own_mandate_alone() -> None:
    for code in {codes.new() for _ in range(50)}:
        assert len(code) == codes.DIGITS
        assert code.isascii()
        assert code.isdecimal()
        kept = codes.hashed(ID, code)
        assert code not in kept
        assert codes.fits(ID, code, kept)
        assert not codes.fits(OTHER, code, kept)
        assert not codes.fits(ID, code[::-1] if code != code[::-1] else "x", kept)
    assert timedelta(minutes=30) == codes.LASTS
    assert codes.TRIES == 5


def test_codes_begin_with_nought_as_often_as_with_others() -> None:
    assert {codes.new()[0] for _ in range(600)} == set("0123456789")
