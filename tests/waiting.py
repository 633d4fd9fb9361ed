"""Knowing that somebody waits for a lock, instead of guessing how long that takes."""

import asyncio

import asyncpg


async def held_up(by: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Return once somebody waits for what this connection has locked in the test's database."""
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_stat_activity"
        " WHERE datname = current_database() AND $1 = ANY (pg_blocking_pids(pid)))"
    )
    async with asyncio.timeout(60):
        while not await by.fetchval(waiting, by.get_server_pid()):
            await asyncio.sleep(0.01)
            # A transaction sees who is connected as of its first look.
            await by.execute("SELECT pg_stat_clear_snapshot()")
