"""Bringing a database's tables up to date, by one process at a time."""

from collections.abc import Callable

from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.migrations.api.migrate import migrate as apply

from config import database, grants

# Any number will do, as long as every release uses the same.
LOCK = 0x79696B6F75


async def migrate(
    url: str, *, application: str | None = None, applied: Callable[[str], object] = print
) -> None:
    """Apply the missing migrations as the owner, telling `applied` the name of each.

    Then the role of the `application`'s URL is given its rights, anew each time.
    Waits for another process that does it; raises StartError when the database is away.
    """

    def report(event: str, _app: str, name: str) -> None:
        if event == "apply_done":
            applied(name)

    guard = await database.single(url)
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", LOCK)
        async with TortoiseContext():
            await apply(config=database.tortoise(url, pool=2), direction="forward", progress=report)
            await Tortoise.close_connections()
        if application:
            await grants.grant(guard, application)
    finally:
        await guard.close()
