import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from backend import audit
from backend.appointments.acts import closures
from backend.appointments.acts.cancelling import cancel
from backend.appointments.acts.moving import reschedule
from backend.appointments.record.snapshot import Snapshot
from backend.appointments.rules import lifecycle, texts
from backend.appointments.rules.lifecycle import AHEAD, BOOKED, MOVES, OVER, SEATED, Action, By
from config import clock
from config.database import connection
from models import AppointmentStatus, Seat, Slot
from tests.backend.appointments import golden
from tests.backend.appointments.factories import a_resident, a_slot, book, cancel_all

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_every_status_is_in_the_table_and_has_a_name() -> None:
    assert set(MOVES) == set(AppointmentStatus)
    assert set(texts.STATUS) == set(AppointmentStatus)
    assert lifecycle.Move(By.HOLDER, AppointmentStatus.BOOKED) == BOOKED


@pytest.mark.parametrize("who", By)
@pytest.mark.parametrize("status", AppointmentStatus)
def test_who_may_do_what_and_where_it_leads_is_as_agreed(
    status: AppointmentStatus, who: By
) -> None:
    for action in Action:
        move = lifecycle.move(status, action, by=who)
        agreed, after = golden.MOVES.get((status, action), (None, None))
        assert (move.after if move else None) == (after if agreed == who else None), action


def test_which_statuses_take_a_seat_and_which_are_still_to_come_is_as_agreed() -> None:
    assert set(SEATED) == golden.SEATED
    assert set(AHEAD) == golden.AHEAD
    assert set(OVER) == set(AppointmentStatus) - golden.AHEAD


@pytest.mark.parametrize("status", AppointmentStatus)
def test_a_resident_is_shown_what_they_may_do_until_the_slot_begins(
    status: AppointmentStatus,
) -> None:
    ahead = lifecycle.actions(status, starts_at=NOW + timedelta(seconds=1), now=NOW)
    begun = lifecycle.actions(status, starts_at=NOW, now=NOW)

    agreed = {
        does for (at, does), (who, _) in golden.MOVES.items() if (at, who) == (status, "holder")
    }
    assert set(ahead) == agreed
    assert begun == []


async def test_each_action_leaves_a_seat_where_the_table_says_so(database: None) -> None:
    slot, other = await a_slot(), await a_slot()
    resident = await a_resident()
    acts: dict[str, Callable[[Snapshot], Awaitable[object]]] = {
        "cancel": lambda held: cancel(held.id, by=resident, now=clock.now()),
        "reschedule": lambda held: reschedule(
            held.id, by=resident, slot_id=other.id, now=clock.now()
        ),
        "close": lambda held: closures.close(
            held.slot.office.id, held.slot.day, reason="停电", by=audit.OPERATOR, now=clock.now()
        ),
    }
    for (_, action), (_, after) in golden.MOVES.items():
        held = await book(slot.id, by=resident)

        await acts.pop(action)(held)

        seats = await Seat.filter(appointment_id=held.id).count()
        assert (seats, await seats_counted()) == (after in golden.SEATED, seats)
        await cancel_all()
    assert not acts


async def seats_counted() -> int:
    """Of all slots."""
    return sum(slot.booked for slot in await Slot.all())


async def test_the_catalog_names_the_statuses_as_the_table_does(database: None) -> None:
    rows = await connection().execute_query_dict(
        "SELECT indexdef AS index, (SELECT prosrc FROM pg_proc"
        " WHERE proname = 'appointment_refusal') AS refusal"
        " FROM pg_indexes WHERE indexname = 'appointment_once_a_day'"
    )
    ahead, over = re.findall(r"status (?:NOT )?IN \(([^)]*)\)", rows[0]["refusal"])

    assert named(rows[0]["index"]) == golden.AHEAD
    assert named(ahead) == golden.AHEAD
    assert named(over) == set(AppointmentStatus) - golden.AHEAD


def named(text: str) -> set[str]:
    """The statuses that stand in quotes."""
    return {word for word in re.findall(r"'(\w+)'", text) if word in set(AppointmentStatus)}
