import asyncio
import time
from uuid import uuid4

import pytest

from backend.errors import Unauthenticated
from backend.identity import actors, residents
from backend.identity.tokens import Claims
from config.database import connection
from models import Assurance, Audience
from tests.backend.identity.factories import ID_NUMBER, a_community, a_resident, a_session

RISE = "UPDATE resident SET assurance = 'phone' WHERE id = $1"

pytestmark = pytest.mark.usefixtures("database")


async def test_a_resident_acts_as_the_database_knows_them() -> None:
    resident, home = await a_resident("o1"), await a_community()
    await residents.update_profile(resident.id, community_code=home.code)
    granted = await a_session(resident)

    actor = await actors.resident(granted.claims)

    assert actor == actors.ResidentActor(
        id=resident.id,
        session_id=granted.claims.session,
        openid="o1",
        assurance=Assurance.WECHAT,
        person_key="o1",
        community_code=home.code,
    )


async def test_a_resident_is_read_once_in_five_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claims = (await a_session()).claims
    await actors.resident(claims)
    await connection().execute_query_dict(RISE, [claims.subject])

    assert (await actors.resident(claims)).assurance is Assurance.WECHAT
    later = time.monotonic() + 5.1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert (await actors.resident(claims)).assurance is Assurance.PHONE


async def test_what_a_resident_changes_here_holds_at_once() -> None:
    claims = (await a_session()).claims
    before = await actors.resident(claims)

    await residents.set_real_name(claims.subject, name="张三", id_number=ID_NUMBER)

    after = await actors.resident(claims)
    assert after.assurance is Assurance.REAL_NAME
    assert after.person_key != before.person_key


async def test_who_is_gone_does_not_act() -> None:
    with pytest.raises(Unauthenticated):
        await actors.resident(Claims(Audience.RESIDENT, uuid4(), uuid4()))


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors, "_REMEMBERED", 3)
    claims = [(await a_session()).claims for _ in range(5)]

    await asyncio.gather(*(actors.resident(each) for each in claims))

    assert len(actors._residents) <= 3  # noqa: SLF001
