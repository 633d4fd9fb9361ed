"""Sending a case to another unit, as the tests do it."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import pytest

from backend.cases.acts import transfer
from backend.cases.reading import queries
from backend.cases.record.snapshot import Snapshot
from backend.errors import ServiceError
from backend.identity.actors import StaffActor
from models import Role
from tests.backend.cases.factories import COMMUNITY, NOW, a_colleague, sibling, staff

NEIGHBOUR = sibling(COMMUNITY)
LATER = NOW + timedelta(days=1)


async def receiver(unit: str = NEIGHBOUR, role: Role = Role.CLERK) -> StaffActor:
    """Somebody at the other unit, where a colleague holds the same post as a row."""
    await a_colleague((unit, role))
    return await staff((unit, role))


async def send(case: Snapshot, by: StaffActor, to: str = NEIGHBOUR) -> Snapshot:
    await transfer.send(
        case.id, by=by, seen=case.version, now=NOW, unit_code=to, reason="申请人住在贵社区"
    )
    return await queries.one(case.id)


async def refused(act: Awaitable[Any]) -> str:
    with pytest.raises(ServiceError) as refusal:
        await act
    return refusal.value.code
