"""A promise never outlasts the law, whatever the day a case is accepted on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from backend.cases.clock import limits, promises
from backend.cases.clock.limits import Unit
from config.clock import CITY_TIME
from tests.backend.catalogue.examples import items


@dataclass(frozen=True)
class Limits:
    notice_days: int
    notice_unit: str
    promised_days: int
    promised_unit: str
    statutory_days: int | None
    statutory_unit: str | None


def all_limits() -> set[Limits]:
    """The limits of all items; many share theirs."""
    names = Limits.__dataclass_fields__
    return {Limits(**{name: item.fields[name] for name in names}) for item in items().values()}


@pytest.mark.parametrize("year", [2026, 2027])
def test_no_item_is_due_after_the_law_on_any_day_of_the_year(year: int) -> None:
    noon = [datetime(year, 1, 1, 12, tzinfo=CITY_TIME) + timedelta(days=n) for n in range(365)]

    for item in all_limits():
        for accepted in noon:
            promised, statutory = limits.both_due(item, accepted)
            assert statutory is None or promised <= statutory, (item, accepted)


def test_a_promise_is_cut_short_around_a_long_holiday() -> None:
    residence = Limits(5, "working_day", 10, "working_day", 15, "calendar_day")
    accepted = datetime(2026, 2, 4, 9, tzinfo=CITY_TIME)

    promised, statutory = limits.both_due(residence, accepted)

    assert promised == statutory == datetime(2026, 2, 24, 23, 59, 59, tzinfo=CITY_TIME)


def test_the_lines_of_a_promise_cut_short_end_with_it_and_say_so() -> None:
    latest = date(2026, 2, 24)

    lines = limits.lines(date(2026, 2, 4), 15, Unit.WORKING_DAY, latest=latest)

    assert lines[-1].kind == "capped"
    assert "以法定期限为准" in lines[-1].text
    assert max(line.last for line in lines) == latest


def test_items_that_promise_beyond_the_law_are_named_with_both_limits_and_the_first_day() -> None:
    columns = {
        "promised_days": 10,
        "promised_unit": "working_day",
        "statutory_days": 15,
        "statutory_unit": "calendar_day",
    }
    always = columns | {"promised_days": 30}

    found = list(promises.crossings([("FW-GA-002", columns), ("FW-GA-003", always)], 2026))

    assert [(each.code, each.first, each.days, each.always) for each in found] == [
        ("FW-GA-002", date(2026, 2, 4), 43, False),
        ("FW-GA-003", date(2026, 1, 1), 365, True),
    ]
    assert "promised 10 working days end after statutory 15 calendar days" in str(found[0])
    assert "on every day" in str(found[1])
