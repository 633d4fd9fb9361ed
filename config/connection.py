"""A connection to PostgreSQL that outlives the statements that nobody waits for any more."""

import asyncio
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import asyncpg
from asyncpg import connect_utils

# Most statements have ended by themselves in so long; to cancel one costs the server a process.
MOMENT_SECONDS = 0.2
# For the server to cancel a statement, and to undo a transaction; after it the server is left to
# see that we are gone.
CANCEL_SECONDS = 1.0
UNDO_SECONDS = 1.0
# Smaller ids are of PostgreSQL's own types, and the same in each server.
FIRST_OF_OTHERS = 16384

_own_types: dict[frozenset[int], list[asyncpg.Record]] = {}


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg's gap
    """One whose statement may be broken off, because it was cancelled or took too long.

    Its server process is needed again: a client that asks and hangs up, again and again, would
    have a new one made each time. asyncpg asks the server to cancel the statement at once, and
    waits however long for it.
    """

    __slots__ = ("breaking_off",)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.breaking_off: asyncio.Task[None] | None = None
        """Until it is done, nothing else can be asked here."""

    async def _introspect_types(
        self, typeoids: Collection[int], timeout: float | None
    ) -> tuple[list[asyncpg.Record], Any]:
        """What the server says of these types, and by which statement.

        asyncpg has each connection ask for the arrays that PostgreSQL has itself, by four
        statements that take longer than most of ours.
        """
        asked = frozenset(typeoids)
        if (known := _own_types.get(asked)) is not None:
            return known, SimpleNamespace(name="known")
        types, statement = await super()._introspect_types(typeoids, timeout)
        if max(asked) < FIRST_OF_OTHERS:
            _own_types[asked] = types
        return types, statement

    async def undo(self) -> None:
        """End the transaction that may have begun, or the connection where that takes too long."""
        self._top_xact = None  # type: ignore[misc]  # a slot of asyncpg's
        try:
            async with asyncio.timeout(UNDO_SECONDS):
                if self.breaking_off is not None:
                    await asyncio.wait({self.breaking_off})
                if not self.is_closed() and self.is_in_transaction():
                    await self.execute("ROLLBACK")
        # The error that ended the transaction is the one to tell; without us the server undoes it.
        except Exception:  # noqa: BLE001
            self.terminate()

    def _cancel_current_command(
        self, sent: asyncio.Future[None], ended: asyncio.Future[None]
    ) -> None:
        self.breaking_off = self._loop.create_task(self._break_off(sent, ended))

    async def _break_off(self, sent: asyncio.Future[None], ended: asyncio.Future[None]) -> None:
        try:
            await asyncio.wait({ended}, timeout=MOMENT_SECONDS)
            if not ended.done():
                async with asyncio.timeout(CANCEL_SECONDS):
                    await self._ask_to_cancel()
                    await asyncio.shield(ended)
        # Where it is not known what the server does, nobody can go on.
        except Exception:  # noqa: BLE001
            self.terminate()
        finally:
            if not sent.done():
                sent.set_result(None)

    async def _ask_to_cancel(self) -> None:
        """Returns once the server has told the process, so that it is not the next to be met."""
        await connect_utils._cancel(  # noqa: SLF001 - asyncpg has no name for it
            loop=self._loop,
            addr=self._addr,
            params=self._params,
            backend_pid=self._protocol.backend_pid,
            backend_secret=self._protocol.backend_secret,
        )
