"""A window with a clerk, a person who comes to it, and the identity authority that it asks."""

from collections.abc import AsyncIterator

import pytest

from backend.identity.actors import StaffActor
from models import Role
from tests import phones as tapping
from tests.backend.cases.factories import COMMUNITY, ELSEWHERE, staff
from tests.backend.window.counter import Counter
from tests.backend.window.test_persons import take_in
from tests.phones import Phones


@pytest.fixture
async def authority(city: None) -> AsyncIterator[Phones]:
    async with tapping.connected() as phones:
        yield phones


@pytest.fixture
async def clerk(city: None) -> StaffActor:
    return await staff((COMMUNITY, Role.CLERK))


@pytest.fixture
async def counter(authority: Phones) -> Counter:
    clerk = await staff((ELSEWHERE, Role.CLERK))
    found, _ = await take_in(clerk)
    return Counter(clerk, found.id)
