"""The peer does the work that it is compared by."""

from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest

from benchmarks.peer.shapes import BookAppointment
from models import AppointmentEvent, ItemVersion, Message, Seat, Slot
from tests import stage
from tests.backend.appointments.factories import a_resident, a_slot, an_item
from tests.stage import Kind


@pytest.fixture
async def peer(database: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    # Its engine is made where it is imported.
    monkeypatch.setenv("YIKOU_DATABASE_URL", stage.database_url(f"{Kind.EMPTY}_{stage.WORKER}"))
    app = import_module("benchmarks.peer.app")
    yield app
    await app.engine.dispose()


async def test_a_booking_takes_a_seat_until_there_is_none(peer: Any) -> None:
    item, slot = await an_item(), await a_slot(capacity=1)
    peer.items[item.code] = await ItemVersion.get(item_id=item.code)
    asked = BookAppointment(
        resident_id=(await a_resident()).id, slot_id=slot.id, item_code=item.code
    )

    async with peer.sessions() as session:
        booked = await peer.book(asked, session)
    async with peer.sessions() as session:
        with pytest.raises(peer.HTTPException, match="409"):
            await peer.book(asked, session)

    assert (await Slot.get(id=slot.id)).booked == 1
    assert (await Seat.get()).appointment_id == booked.id  # type: ignore[attr-defined]
    assert await AppointmentEvent.all().count() == await Message.all().count() == 1
