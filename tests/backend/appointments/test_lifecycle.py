import re
from datetime import UTC, datetime, timedelta

import pytest

from backend.appointments.rules import lifecycle, texts
from backend.appointments.rules.lifecycle import AHEAD, BOOKED, MOVES, OVER, SEATED, Action, By
from config.database import connection
from models import Appointment, AppointmentStatus
from tests.backend.appointments import golden
from tests.backend.appointments.factories import a_resident, a_slot, book, booked_of

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


@pytest.mark.parametrize("status", AppointmentStatus)
async def test_the_database_counts_a_seat_where_the_table_says_so(
    database: None, status: AppointmentStatus
) -> None:
    slot = await a_slot()
    appointment = await book(slot.id, by=await a_resident())

    await Appointment.filter(id=appointment.id).update(status=status)
    taken = await booked_of(slot.id)
    await Appointment.filter(id=appointment.id).update(status=AppointmentStatus.BOOKED)

    assert taken == (status in golden.SEATED)
    assert await booked_of(slot.id) == 1


async def test_the_catalog_names_the_statuses_as_the_table_does(database: None) -> None:
    rows = await connection().execute_query_dict(
        "SELECT indexdef AS index, (SELECT prosrc FROM pg_proc WHERE proname = 'appointment_seat')"
        " AS seat, (SELECT prosrc FROM pg_proc WHERE proname = 'appointment_refusal') AS refusal"
        " FROM pg_indexes WHERE indexname = 'appointment_once_a_day'"
    )
    ahead, over = re.findall(r"status (?:NOT )?IN \(([^)]*)\)", rows[0]["refusal"])

    assert named(rows[0]["index"]) == golden.AHEAD
    assert named(ahead) == golden.AHEAD
    assert named(over) == set(AppointmentStatus) - golden.AHEAD
    assert named(rows[0]["seat"]) == set(AppointmentStatus) - golden.SEATED


def named(text: str) -> set[str]:
    """The statuses that stand in quotes."""
    return {word for word in re.findall(r"'(\w+)'", text) if word in set(AppointmentStatus)}
