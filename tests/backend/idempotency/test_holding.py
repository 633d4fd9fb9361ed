"""Who has a key, for how long, and which answer it gives."""

import asyncio
import secrets
from datetime import timedelta

import pytest

from backend.idempotency import keys, statements
from backend.idempotency.keys import Answered, Once
from backend.idempotency.refusals import IdempotencyKeyReused
from config import clock, database
from config.vault.vault import SealBroken
from models import IdempotencyKey

pytestmark = pytest.mark.usefixtures("database")
RIVALS = 10
BODY = '{"name":"王秀英"}'.encode()


def asked(key: str = "", *, body: bytes = BODY, seen: int = 0) -> Once:
    key = key or secrets.token_hex(8)
    return keys.once("resident:1", key, method="POST", path="/x", body=body, seen=seen)


async def older(key: Once, **age: float) -> None:
    """As if it had been written so long ago."""
    await IdempotencyKey.filter(id=key.id).update(created_at=clock.now() - timedelta(**age))


async def test_of_rivals_one_holds_the_key_until_it_has_an_answer() -> None:
    once = asked()

    found = await asyncio.gather(*(keys.hold(once) for _ in range(RIVALS)))
    held = [each for each in found if each]

    assert len(held) == 1
    assert await keys.answered(once) is None
    await keys.finish(once, held[0], status=201, body=BODY)
    assert await keys.answered(once) == Answered(201, BODY)
    assert await keys.hold(once) is None


async def test_of_a_holder_that_was_killed_one_rival_takes_the_key_over() -> None:
    once = asked()
    killed = await keys.hold(once)
    assert killed
    await older(once, seconds=statements.HELD_SECONDS - 1)
    assert await keys.hold(once) is None
    await older(once, seconds=statements.HELD_SECONDS + 1)

    found = await asyncio.gather(*(keys.hold(once) for _ in range(RIVALS)))
    (holder,) = [each for each in found if each]

    await keys.finish(once, killed, status=500, body=b"late")
    await keys.let_go(once, killed)
    assert await keys.answered(once) is None
    await keys.finish(once, holder, status=200, body=BODY)
    assert await keys.answered(once) == Answered(200, BODY)


async def test_who_lets_go_leaves_it_to_the_next() -> None:
    once = asked()
    first = await keys.hold(once)
    assert first

    await keys.let_go(once, first)

    assert not await IdempotencyKey.all().exists()
    assert await keys.hold(once)


@pytest.mark.parametrize(("body", "seen"), [(b"{}", 1), (BODY, 2)])
async def test_another_content_under_the_key_is_refused_while_it_is_held_and_after(
    body: bytes, seen: int
) -> None:
    first, second = asked("k", seen=1), asked("k", body=body, seen=seen)
    holder = await keys.hold(first)
    assert holder

    with pytest.raises(IdempotencyKeyReused):
        await keys.answered(second)
    assert await keys.hold(second) is None
    await keys.finish(first, holder, status=200, body=BODY)
    with pytest.raises(IdempotencyKeyReused):
        await keys.answered(second)


async def test_of_rivals_one_transaction_claims_the_key_while_it_lasts() -> None:
    once, all_asked = asked(), asyncio.Barrier(RIVALS)

    async def rival() -> bool:
        async with database.transaction() as within:
            claimed = await keys.claim(once, within)
            await all_asked.wait()
            return claimed

    assert sorted(await asyncio.gather(*(rival() for _ in range(RIVALS)))) == [False] * (
        RIVALS - 1
    ) + [True]
    async with database.transaction() as within:
        assert await keys.claim(once, within)


async def test_what_a_transaction_stores_goes_with_it() -> None:
    once = asked()

    async def undone() -> None:
        async with database.transaction() as within:
            await keys.store(once, 201, BODY, within)
            raise LookupError

    with pytest.raises(LookupError):
        await undone()

    assert await keys.answered(once) is None


async def test_the_first_stored_answer_stays() -> None:
    once = asked()
    for body in (BODY, b"later"):
        async with database.transaction() as within:
            await keys.store(once, 200, body, within)

    assert await keys.answered(once) == Answered(200, BODY)


async def test_the_answer_lies_sealed_and_bound_to_its_key() -> None:
    one, other = asked(), asked()
    for each in (one, other):
        async with database.transaction() as within:
            await keys.store(each, 200, BODY, within)
    rows = {row.id: bytes(row.answer) for row in await IdempotencyKey.all()}

    assert all("王秀英".encode() not in answer for answer in rows.values())
    await IdempotencyKey.filter(id=one.id).update(answer=rows[other.id])
    with pytest.raises(SealBroken):
        await keys.answered(one)


async def test_after_a_day_a_key_is_forgotten() -> None:
    old, young = asked(), asked()
    for each in (old, young):
        async with database.transaction() as within:
            await keys.store(each, 200, BODY, within)
    await older(old, hours=24, seconds=1)
    await older(young, hours=23, minutes=59)

    assert await keys.forget(now=clock.now()) == 1

    assert [row.id for row in await IdempotencyKey.all()] == [young.id]
