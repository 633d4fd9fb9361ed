"""A window in another district than the person's, as the tests ask it."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from aiohttp import ClientSession

from sandbox.actors import Refused
from sandbox.seed import COMMUNITY
from tests.live import Live
from tests.people import Person, on_duty

NAME = "李秀兰"
PERSONS = "/api/v1/staff/persons"
BIRTHDAYS = (date(1930, 1, 1) + timedelta(days=number) for number in count())


@pytest.fixture
async def window(live: Live, http: ClientSession, foreign_staff: list[str]) -> Person:
    """A clerk in another district than the old lady's."""
    return await on_duty(live, http, foreign_staff[0])


async def refusal(work: Any) -> tuple[int, str]:
    """The status and the code that it is refused with."""
    with pytest.raises(Refused) as told:
        await work
    return told.value.status, str(told.value.code)


async def taken_in(by: Person, number: str, **changes: Any) -> dict[str, Any]:
    body = {"name": NAME, "id_number": number, "community_code": COMMUNITY, "checked": "id_card"}
    shown: dict[str, Any] = await by.post(PERSONS, body | {"phone": "13900000005"} | changes)
    return shown
