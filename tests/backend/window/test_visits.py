"""What a window books, moves and gives back for a person stands as the audit wants it."""

from typing import Any

from backend.appointments.acts.wishes import Wish
from backend.consistency import audit
from backend.window import visits
from config import clock
from config.settings import settings
from models import Appointment, BookedBy, Message
from tests.backend.appointments.factories import a_slot, an_office, noon
from tests.backend.window.counter import Counter
from tests.phones import Phones


async def test_a_windows_booking_is_the_persons_and_sound(
    authority: Phones,
    counter: Counter,
) -> None:
    account, office = await counter.account(), await an_office()
    first, second = [await a_slot(office, starts_at=noon(days=day)) for day in (1, 2)]
    given: dict[str, Any] = {"by": counter.clerk, "now": clock.now(), "unit_code": None}

    await visits.book(counter.person, first.id, Wish(), once=None, render=lambda *_: b"", **given)

    [row] = await Appointment.all()
    assert (row.booked_by, row.booked_by_id) == (BookedBy.STAFF, counter.clerk.id)
    assert await Appointment.filter(resident_id=None, person_id=counter.person).exists()
    about: dict[str, Any] = {"person_id": counter.person} | given
    await visits.move(row.id, slot_id=second.id, **about)
    [ahead] = await visits.of_person(counter.person, by=counter.clerk, now=clock.now())
    assert ahead.appointment.slot.id == second.id
    await visits.cancel(row.id, reason="不来了", **about)
    told = await Message.filter(resident_id=account.id).order_by("id")
    kinds = ("book", "reschedule", "cancel")
    assert [each.kind for each in told] == [f"appointment.{kind}_at_window" for kind in kinds]
    checks = [check for check in audit.checks() if check.name != "staff_unseals"]
    assert audit.broken(await audit.run(settings().database_url, checks)) == []
