"""The peer does the work that it is compared by."""

from collections.abc import AsyncIterator
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from backend.cases.reading.to_do import listing
from benchmarks.peer.shapes import BookAppointment, ToDo
from config import clock
from models import AppointmentEvent, ItemVersion, Message, Role, Seat, Slot, Task
from tests import stage
from tests.backend.appointments.factories import a_resident, a_slot, an_item
from tests.backend.cases.factories import COMMUNITY, a_case, staff
from tests.stage import Kind


@pytest.fixture
async def peer(database: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    # Its engine is made where it is imported.
    monkeypatch.setenv("YIKOU_DATABASE_URL", stage.database_url(f"{Kind.EMPTY}_{stage.WORKER}"))
    app = import_module("benchmarks.peer.app")
    yield app
    await app.engine.dispose()


@pytest.fixture
async def peer_of_city(peer: Any, city: None) -> AsyncIterator[Any]:
    url = stage.database_url(f"{Kind.CITY}_{stage.WORKER}")
    engine = create_async_engine(url.replace("postgres://", "postgresql+asyncpg://", 1))
    yield peer, async_sessionmaker(engine)
    await engine.dispose()


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


async def test_a_units_to_do_is_the_one_of_ours(peer_of_city: Any) -> None:
    clerk = await staff((COMMUNITY, Role.CLERK))
    for hours in (-1, 1, 1, 24 * 30):
        case = await a_case()
        due = clock.now() + timedelta(hours=hours)
        await Task.filter(case_id=case.id).update(due_at=due)
    await Task.filter(case_id=(await a_case()).id).update(due_at=None)
    await Task.filter(case_id=(await a_case()).id).update(done_at=clock.now())

    app, sessions = peer_of_city
    async with sessions() as session:
        found = ToDo.model_validate(await app.list_tasks(COMMUNITY, session, 4))
    ours = await listing.to_do(clerk, limit=4, now=clock.now())

    assert found.counts.model_dump() | {"deputy": 0} == ours.counts
    assert [str(task.id) for task in found.items] == [task.id for task in ours.tasks]
    assert [task.case.number for task in found.items] == [task.case.number for task in ours.tasks]
