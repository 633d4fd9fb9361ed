import asyncio
from collections.abc import AsyncIterator

import pytest

from backend.cases.acts import accept, review
from backend.cases.record.snapshot import Snapshot
from backend.identity import sessions
from config import clock
from miniprogram_api.endpoints import messages
from models import Audience, Case, Message, Role
from tests.backend.cases.factories import COMMUNITY, NOW, a_case, an_actor, staff
from tests.serving import Served, served

WRITERS = 8
# Each is told that the case was accepted and that it was passed on.
TOLD = 2 * WRITERS


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served([messages.routes]) as api:
        yield api


async def test_the_unread_count_is_of_the_moment_of_the_list(api: Served) -> None:
    resident = await an_actor()
    token = (await sessions.start(Audience.RESIDENT, resident.id, now=clock.now())).access_token
    clerk = await staff((COMMUNITY, Role.CLERK), (COMMUNITY, Role.REVIEWER))
    cases = [await a_case() for _ in range(WRITERS)]
    await Case.all().update(resident_id=resident.id)

    async def work(case: Snapshot) -> None:
        await accept.accept(case.id, by=clerk, seen=1, now=NOW, note=None)
        await review.pass_step(case.id, by=clerk, seen=2, now=NOW, opinion="同意")

    working = asyncio.gather(*(work(case) for case in cases))
    wrong = []
    while not working.done():
        heard = await api.ask("GET", "/api/v1/messages?limit=100", token=token)
        shown = (len(heard.body["items"]), heard.body["unread"])
        if shown[0] != shown[1]:
            wrong.append(shown)

    await working
    assert wrong == []
    assert await Message.filter(resident_id=resident.id).count() == TOLD
