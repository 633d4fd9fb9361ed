import asyncio
from datetime import timedelta

import pytest
from tortoise import timezone

from backend.errors import Unauthenticated
from backend.idempotency import keys
from backend.identity import sessions, tokens
from backend.identity.sessions import Granted
from config import clock
from models import Audience, RefreshToken, Session
from tests.backend.identity.factories import a_resident, a_session

RIVALS = 8

pytestmark = pytest.mark.usefixtures("database")


async def refresh(token: str, audience: Audience = Audience.RESIDENT) -> Granted:
    kept: list[Granted] = []

    async def render(granted: Granted) -> bytes:
        kept.append(granted)
        return b"{}"

    await sessions.refresh(token, audience=audience, render=render, now=clock.now())
    return kept[0]


async def refused(token: str, audience: Audience = Audience.RESIDENT) -> str:
    with pytest.raises(Unauthenticated) as error:
        await refresh(token, audience)
    return error.value.code


def is_open(granted: Granted) -> bool:
    try:
        tokens.verify(granted.access_token, granted.claims.audience, now=clock.now())
    except Unauthenticated:
        return False
    return True


async def test_a_session_is_carried_on_by_each_new_refresh_token() -> None:
    resident = await a_resident()
    first = await a_session(resident)

    second = await refresh(first.refresh_token)
    third = await refresh(second.refresh_token)

    assert first.claims == second.claims == third.claims
    assert first.claims.subject == resident.id
    assert tokens.verify(third.access_token, Audience.RESIDENT, now=clock.now()) == first.claims
    assert len({granted.refresh_token for granted in (first, second, third)}) == 3


async def test_no_token_is_kept_in_clear() -> None:
    granted = await a_session()

    stored = await RefreshToken.get()

    assert granted.refresh_token not in stored.token_hash


async def test_a_reused_refresh_token_ends_the_session_for_everybody() -> None:
    first = await a_session()
    second = await refresh(first.refresh_token)

    assert await refused(first.refresh_token) == "refresh_reused"

    assert not is_open(first)
    assert not is_open(second)
    assert await refused(second.refresh_token) == "refresh_reused"
    assert (await Session.get()).revoke_reason == "refresh_reused"


async def test_of_rivals_with_one_token_one_wins_and_the_session_ends() -> None:
    for _ in range(5):
        first = await a_session()

        answers = await asyncio.gather(
            *(refresh(first.refresh_token) for _ in range(RIVALS)), return_exceptions=True
        )

        granted = [answer for answer in answers if isinstance(answer, Granted)]
        codes = {getattr(answer, "code", None) for answer in answers} - {None}
        assert len(granted) == 1
        assert codes == {"refresh_reused"}
        assert not is_open(granted[0])


async def test_reuse_in_one_session_leaves_the_others_alone() -> None:
    resident = await a_resident()
    first, other = await a_session(resident), await a_session(resident)
    await refresh(first.refresh_token)

    await refused(first.refresh_token)

    assert is_open(other)
    assert await refresh(other.refresh_token)


async def test_a_refresh_token_of_a_resident_is_nothing_to_the_staff_api() -> None:
    granted = await a_session()

    assert await refused(granted.refresh_token, Audience.STAFF) == "refresh_invalid"
    assert await refresh(granted.refresh_token)


@pytest.mark.parametrize("token", ["", "x", "Ä" * 43])
async def test_an_unknown_refresh_token_is_refused(token: str) -> None:
    assert await refused(token) == "refresh_invalid"


async def test_a_session_left_alone_too_long_expires() -> None:
    granted = await a_session()
    await Session.all().update(expires_at=timezone.now() - timedelta(seconds=1))

    assert await refused(granted.refresh_token) == "refresh_expired"


async def test_a_session_is_carried_on_for_half_a_year_at_most() -> None:
    granted = await a_session()
    assert granted.refresh_expires_in == 30 * 24 * 3600
    await Session.all().update(created_at=timezone.now() - timedelta(days=179))

    carried_on = await refresh(granted.refresh_token)

    assert 23 * 3600 < carried_on.refresh_expires_in <= 24 * 3600


async def test_logout_ends_this_session_only() -> None:
    resident = await a_resident()
    here, elsewhere = await a_session(resident), await a_session(resident)

    await sessions.end(here.claims.session)

    assert not is_open(here)
    assert await refused(here.refresh_token) == "session_ended"
    assert is_open(elsewhere)


async def test_logout_everywhere_ends_all_of_the_resident_and_no_others() -> None:
    resident = await a_resident()
    mine = [await a_session(resident) for _ in range(3)]
    anothers = await a_session()

    await sessions.end_all(Audience.RESIDENT, resident.id)

    assert not any(is_open(granted) for granted in mine)
    assert is_open(anothers)


async def test_a_session_ended_twice_keeps_its_first_reason() -> None:
    granted = await a_session()

    await sessions.end(granted.claims.session, reason="logout")
    await sessions.end(granted.claims.session, reason="other")

    assert (await Session.get()).revoke_reason == "logout"


async def test_a_login_clears_away_what_expired_long_ago() -> None:
    resident = await a_resident()
    await a_session(resident)
    await Session.all().update(expires_at=timezone.now() - timedelta(days=31))

    await a_session(resident)

    assert await Session.all().count() == 1
    assert await RefreshToken.all().count() == 1


async def test_a_crash_before_the_answer_is_stored_leaves_the_token_good() -> None:
    first = await a_session()
    once = keys.once("ip:1", "k", method="POST", path="/refresh", body=b"{}")

    async def crash(_: Granted) -> bytes:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await sessions.refresh(
            first.refresh_token,
            audience=Audience.RESIDENT,
            once=once,
            render=crash,
            now=clock.now(),
        )

    assert await keys.answered(once) is None
    assert is_open(await refresh(first.refresh_token))
