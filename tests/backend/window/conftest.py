"""A window with a clerk, and the identity authority that it asks."""

from collections.abc import AsyncIterator

import pytest

from backend.identity.actors import StaffActor
from models import Role
from tests import phones as tapping
from tests.backend.cases.factories import COMMUNITY, staff
from tests.phones import Phones


@pytest.fixture
async def authority(city: None) -> AsyncIterator[Phones]:
    async with tapping.connected() as phones:
        yield phones


@pytest.fixture
async def clerk(city: None) -> StaffActor:
    return await staff((COMMUNITY, Role.CLERK))
