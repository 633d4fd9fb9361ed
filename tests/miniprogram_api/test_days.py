"""The days of an office over HTTP."""

from datetime import date, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from config import calendar, clock
from sandbox.seed import COMMUNITY
from tests.live import Live
from tests.people import person


async def office(live: Live, http: ClientSession) -> str:
    found = await person(live, http).get(f"/api/v1/offices?community={COMMUNITY}")
    return str(found["items"][0]["id"])


async def test_each_day_says_what_is_free_or_why_it_is_closed(
    live: Live, http: ClientSession
) -> None:
    anybody, office_id = person(live, http), await office(live, http)
    first = clock.city_day(clock.now()) + timedelta(days=1)
    last = first + timedelta(days=9)

    days: list[dict[str, Any]] = (
        await anybody.get(f"/api/v1/offices/{office_id}/days?from={first}&to={last}")
    )["items"]

    assert [day["date"] for day in days] == [str(first + timedelta(days=n)) for n in range(10)]
    for day in days:
        works = calendar.is_working_day(date.fromisoformat(day["date"]))
        assert day["open"] == works
        assert (day["closed"] is None) == (day["closed_text"] is None) == works
        listed = (await anybody.get(f"/api/v1/offices/{office_id}/slots?date={day['date']}"))[
            "items"
        ]
        assert day["open"] == bool(listed)


async def test_a_holiday_and_a_weekend_are_named(live: Live, http: ClientSession) -> None:
    path = f"/api/v1/offices/{await office(live, http)}/days?from=2026-10-01&to=2026-10-01"
    (holiday,) = (await person(live, http).get(path))["items"]
    weekend = path.replace("2026-10-01", "2026-03-14")
    (saturday,) = (await person(live, http).get(weekend))["items"]

    assert holiday["closed"] == "holiday"
    assert holiday["closed_text"].endswith("放假")
    assert (saturday["closed"], saturday["closed_text"]) == ("weekend", "周末休息")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?from=2026-03-01&to=2026-04-01", (422, "days_invalid")),
        ("?from=2026-03-02&to=2026-03-01", (422, "days_invalid")),
        ("?from=1999-12-31", (422, "query_invalid")),
        ("?to=9999-12-31", (422, "query_invalid")),
        ("?from=today", (422, "query_invalid")),
        ("?from=1796083200", (422, "query_invalid")),
        ("?to=2026-03-02T00:00", (422, "query_invalid")),
        ("?item=SP-XX-999", (404, "item_not_found")),
    ],
)
async def test_days_that_cannot_be_shown_are_refused_plainly(
    live: Live, http: ClientSession, query: str, expected: tuple[int, str]
) -> None:
    path = f"{live.api}/api/v1/offices/{await office(live, http)}/days{query}"
    async with http.get(path) as answer:
        assert (answer.status, (await answer.json())["code"]) == expected


async def test_the_days_of_no_office_are_not_found(live: Live, http: ClientSession) -> None:
    path = "/api/v1/offices/00000000-0000-0000-0000-000000000000/days"
    async with http.get(live.api + path) as answer:
        assert (answer.status, (await answer.json())["code"]) == (404, "office_not_found")
