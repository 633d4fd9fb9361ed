import asyncio
from uuid import uuid4

from backend.appointments.acts.turnstile import Turnstile


async def test_at_most_two_pass_at_once_and_nothing_is_kept_afterwards() -> None:
    turnstile, slot, other = Turnstile(2), uuid4(), uuid4()
    inside, most = 0, 0

    async def visit() -> None:
        nonlocal inside, most
        async with turnstile.through(slot):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    async with turnstile.through(other):
        await asyncio.gather(*(visit() for _ in range(20)))
        assert len(turnstile) == 1

    assert (most, len(turnstile)) == (2, 0)


async def test_who_gives_up_waiting_leaves_no_trace() -> None:
    turnstile, slot = Turnstile(1), uuid4()

    async def wait() -> None:
        async with turnstile.through(slot):
            raise AssertionError

    async with turnstile.through(slot):
        waiting = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert len(turnstile) == 0
    async with turnstile.through(slot):
        assert len(turnstile) == 1
