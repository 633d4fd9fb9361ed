"""WeChat, where people log in, and who leaves."""

from collections.abc import AsyncIterator

import pytest

from backend import real_names
from backend.identity import residents
from config import clock
from models import Resident
from tests import phones as tapping
from tests.backend.cases.factories import COMMUNITY
from tests.backend.identity.factories import ID_NUMBER
from tests.phones import Phones


@pytest.fixture
async def phones(city: None) -> AsyncIterator[Phones]:
    async with tapping.connected() as phones:
        yield phones


@pytest.fixture
async def wang(city: None, phones: Phones) -> Resident:
    """Somebody with one of everything, all of it full of what she said."""
    granted = await residents.log_in(await phones.code("wang"), now=clock.now())
    wang_id = granted.claims.subject
    await residents.set_phone(wang_id, await phones.code("wang", kind="phone"))
    await real_names.confirm(wang_id, name="王秀英", id_number=ID_NUMBER, now=clock.now())
    await residents.update_profile(
        wang_id, community_code=COMMUNITY, address="幸福路1号", now=clock.now()
    )
    return await Resident.get(id=wang_id)
