"""What an operator types about offices, and the sentence that comes back."""

from datetime import timedelta

import pytest

from backend.appointments.acts import closures
from config import clock
from config.errors import StartError
from miniprogram_api.process import closing
from models import Appointment, OfficeClosure
from tests.backend.appointments.factories import (
    COMMUNITY,
    a_resident,
    a_slot,
    an_office,
    book,
    noon,
)

pytestmark = pytest.mark.usefixtures("database")


async def fault(office: str, day: str, reason: str = "检修") -> str:
    with pytest.raises(StartError) as told:
        await closing.close(office, day, reason=reason, confirmed=True, now=clock.now())
    return str(told.value)


async def test_a_closing_is_first_told_and_then_done() -> None:
    slot = await a_slot(starts_at=noon(days=1))
    booked = await book(slot.id, by=await a_resident())
    office, day = await slot.office, noon(days=1).date().isoformat()

    told = await closing.close(COMMUNITY, day, reason="检修", confirmed=False, now=clock.now())
    assert told.splitlines()[0] == f"12:00 {booked.number} -"
    assert "appointments to cancel: 1. Nothing was done" in told
    assert await OfficeClosure.all().count() == 0

    done = await closing.close(str(office.id), day, reason="检修", confirmed=True, now=clock.now())
    assert done.endswith(f" / is closed on {day}; appointments cancelled and told: 1.")
    assert (await Appointment.get()).status == "cancelled"
    shown = await closing.shown(None, now=clock.now())
    assert shown == f"{office.id} {COMMUNITY} {office.name} 开放 open, 停办 closed on {day}"
    for search in ("2101", "文安路"):
        assert await closing.shown(search, now=clock.now()) == shown
    assert await closing.shown("x", now=clock.now()) == "没有这样的网点。 There is no such office."


async def test_an_opening_is_first_told_and_then_done() -> None:
    slot = await a_slot(starts_at=noon(days=1))
    office, day = await slot.office, noon(days=1).date().isoformat()
    nothing = f"{office.name} 于 {day} 没有停办 / is not closed on {day}: nothing to do."
    for confirmed in (False, True):
        assert await closing.reopen(COMMUNITY, day, confirmed=confirmed, now=clock.now()) == nothing
    await closing.close(COMMUNITY, day, reason="检修", confirmed=True, now=clock.now())

    told = await closing.reopen(COMMUNITY, day, confirmed=False, now=clock.now())
    assert f"would be open again on {day}; what was cancelled stays cancelled. Nothing" in told
    assert await OfficeClosure.all().count() == 1

    done = await closing.reopen(str(office.id), day, confirmed=True, now=clock.now())
    assert f" / is open again on {day}; seats to book: 0;" in done  # it has no hours
    assert (
        await closing.shown(None, now=clock.now())
        == f"{office.id} {COMMUNITY} {office.name} 开放 open"
    )
    assert await closing.reopen(COMMUNITY, day, confirmed=True, now=clock.now()) == nothing


async def test_a_day_more_than_a_year_ahead_is_taken_for_a_slip() -> None:
    await an_office()
    last = clock.city_day(clock.now()) + timedelta(days=closures.DAYS_MAX)
    after = last + timedelta(days=1)

    assert await fault(COMMUNITY, str(after)) == (
        f"{after} 在一年以后，请核对年份 / is more than a year ahead: check the year."
    )
    assert "is closed" in await closing.close(
        COMMUNITY, str(last), reason="检修", confirmed=True, now=clock.now()
    )


async def test_what_cannot_be_meant_is_told_in_one_sentence() -> None:
    office = await an_office()
    tomorrow, yesterday = (
        str(clock.city_day(clock.now()) + timedelta(days=days)) for days in (1, -1)
    )

    assert "no office 'x'" in await fault("x", tomorrow)
    for day in ("1.10.2026", "20261020", "2026-W43-2", f"{tomorrow}T00:00", f" {tomorrow}", ""):
        assert f"a day is written YYYY-MM-DD, not {day!r}" in await fault(COMMUNITY, day)
    assert await fault(COMMUNITY, yesterday) == f"{yesterday} 已过 / is over."
    for reason in ("", " ", "长" * 101):
        assert "1 to 100 characters" in await fault(COMMUNITY, tomorrow, reason)
    await an_office(await office.unit)
    assert "several offices" in await fault(COMMUNITY, tomorrow)
    assert await OfficeClosure.all().count() == 0
