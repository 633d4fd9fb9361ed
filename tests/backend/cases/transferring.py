"""Sending a case to another unit, as the tests do it."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.cases.acts import notice, transfer
from backend.cases.acts.notice import Defect
from backend.cases.reading import queries
from backend.cases.record.snapshot import Snapshot
from backend.consistency import audit, cases, holders, messages
from backend.errors import ServiceError
from backend.identity.actors import StaffActor
from models import Message, Role
from tests.backend.cases.factories import COMMUNITY, NOW, a_colleague, sibling, staff
from tests.stage import owner

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


async def ask(case: Snapshot, by: StaffActor, *, now: datetime = NOW) -> None:
    await notice.request_supplement(
        case.id,
        by=by,
        seen=case.version,
        now=now,
        defects=[Defect(field="reason", reason="请写明")],
        note=None,
        override_reason=None,
    )


async def heard(**whom: Any) -> list[str]:
    return [line.kind for line in await Message.filter(**whom).order_by("id")]


async def sound() -> None:
    """The audit finds nothing, but for files of cases that began without papers."""
    async with owner() as connection, connection.transaction():
        checks = [check for check in [*cases.CHECKS, *holders.CHECKS] if "file" not in check.name]
        found = audit.broken(await audit.on(connection, [*checks, *messages.checks()]))
    assert {each.check.name: each.faults for each in found} == {}
