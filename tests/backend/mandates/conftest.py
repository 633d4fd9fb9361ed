"""The whole service, for those who act for somebody."""

from collections.abc import AsyncIterator

import pytest

from miniprogram_api import server
from tests.serving import Served, served


@pytest.fixture
async def api(city: None) -> AsyncIterator[Served]:
    async with served(server.GROUPS) as api:
        yield api
