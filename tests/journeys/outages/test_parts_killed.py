"""Every part is killed while residents apply and book: what was accepted is there, once."""

import asyncio
import signal
from collections import Counter
from datetime import date, timedelta
from typing import Any

from aiohttp import ClientSession

from config import database
from sandbox.seed import COMMUNITY
from tests.journeys.playing import Resident, prepared
from tests.launcher.launch import PARTS, WEB, Launched, yikou
from tests.live import Live
from tests.people import Person, person, until

RESIDENTS = 3
CASES_PER_BOOKING = 3
# As many as a person may have.
MOST_BOOKINGS = 3
PACE_SECONDS = 0.2
# A worker that died while sending leaves its lease: its end is brought nearer once, since a living
# worker's sending that is cut short so is a repetition more; the end of doubt is at each look.
END_LEASES = "UPDATE delivery SET due_at = now() WHERE status = 'sending'"
END_DOUBT = "UPDATE delivery SET due_at = now() WHERE status = 'unknown'"
OPEN = "SELECT count(*) FROM delivery WHERE status IN ('pending', 'sending', 'unknown')"
ATTEMPTS = "SELECT message_id::text, attempts FROM delivery"


async def test_what_was_accepted_is_there_once(
    city: Launched, live: Live, http: ClientSession
) -> None:
    residents = [
        Resident(person(live, http), person(live, http, "clerk")) for _ in range(RESIDENTS)
    ]
    applications = await prepared(residents)
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for number, who in enumerate(residents):
            slots = await slots_of(who.person, number)
            group.create_task(played(who, applications, slots, over=over))
        await killed(city)
        over.set()
    await settled(live)
    for who in residents:
        await compared(who, live)


def test_every_part_comes_back_also_all_at_once_and_one_that_hangs(city: Launched) -> None:
    assert set(city.parts()) == set(PARTS)

    city.without("WeChat sandbox")
    city.without(*PARTS)
    city.without(WEB[0], sign=signal.SIGSTOP)

    assert "web server 1 没有响应，正在结束 / hangs" in city.said()


def test_it_can_be_migrated_meanwhile_and_is_not_started_twice(city: Launched) -> None:
    assert yikou("migrate", city.environ).returncode == 0
    again = yikou("run", city.environ)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert "already runs" in again.stderr


async def slots_of(who: Person, number: int) -> list[str]:
    """A slot of each of the next open days, not the same for two residents."""
    office = (await who.get(f"/api/v1/offices?community={COMMUNITY}"))["items"][0]["id"]
    found = []
    today = date.today()  # noqa: DTZ011 - any day near it does
    for later_by in range(1, 14):
        path = f"/api/v1/offices/{office}/slots?date={today + timedelta(days=later_by)}"
        free = [slot for slot in (await who.get(path))["items"] if slot["available"]]
        found += [slot["id"] for slot in free[number : number + 1]]
    return found


async def played(
    who: Resident, applications: list[Any], slots: list[str], *, over: asyncio.Event
) -> None:
    """Apply and book in turn until it is over."""
    for number, body in enumerate(applications):
        await who.apply(body)
        wanted = min(MOST_BOOKINGS, len(slots))
        if number % CASES_PER_BOOKING == 0 and len(who.appointments) < wanted:
            slot = {"slot_id": slots[len(who.appointments)]}
            who.appointments.append(await who.insist("/api/v1/appointments", slot))
        await asyncio.sleep(PACE_SECONDS)
        if over.is_set():
            return
    raise AssertionError("the play was over before the last part was killed")


async def killed(city: Launched) -> None:
    """Kill each part alone while they play, then all that serve, and wait until all is back."""
    for parts in [*[(part,) for part in PARTS if part != "WeChat sandbox"], WEB]:
        await asyncio.to_thread(city.without, *parts)
        await asyncio.sleep(PACE_SECONDS)


async def settled(live: Live) -> None:
    """Wait until every delivery was brought to its end, also those of a worker that was killed."""
    connection = await database.single(live.database_url)

    async def nothing_open() -> bool:
        await connection.execute(END_DOUBT)
        return not await connection.fetchval(OPEN)

    try:
        await connection.execute(END_LEASES)
        await until(nothing_open)
    finally:
        await connection.close()


async def compared(who: Resident, live: Live) -> None:
    """What was accepted, what is listed, what the inbox tells and what the phone shows agree."""
    cases = await every(who.person, "/api/v1/cases")
    appointments = await every(who.person, "/api/v1/appointments")
    assert sorted(case["id"] for case in cases) == sorted(case["id"] for case in who.cases)
    assert sorted(a["id"] for a in appointments) == sorted(a["id"] for a in who.appointments)
    assert appointments

    inbox = await every(who.person, "/api/v1/messages")
    told = Counter(
        (message["kind"], message["appointment_id"] or message["case_id"]) for message in inbox
    )
    assert told == Counter(
        [("appointment.book", booked["id"]) for booked in appointments]
        + [(kind, case["id"]) for case in cases for kind in ("case.submit", "case.decline")]
    )

    arrived = await who.person.phone_messages()
    shown = Counter(message["page"].rpartition("=")[2] for message in arrived)
    attempts = await attempts_of(live)
    for message in inbox:
        if message["kind"] == "case.decline":
            assert 1 <= shown[message["case_id"]] <= attempts[message["id"]], message


async def every(who: Person, path: str) -> list[dict[str, Any]]:
    """All rows of a list, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await who.get(f"{path}?limit=50{cursor}")
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


async def attempts_of(live: Live) -> dict[str, int]:
    """How often each message was sent: again only where a sending was cut off, outcome unknown."""
    connection = await database.single(live.database_url)
    try:
        return {row["message_id"]: row["attempts"] for row in await connection.fetch(ATTEMPTS)}
    finally:
        await connection.close()
