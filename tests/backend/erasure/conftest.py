"""WeChat, where people log in."""

from collections.abc import AsyncIterator

import pytest

from tests import phones as tapping
from tests.phones import Phones


@pytest.fixture
async def phones(city: None) -> AsyncIterator[Phones]:
    async with tapping.connected() as phones:
        yield phones
