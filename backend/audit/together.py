"""Writing the records of several requests in one statement.

The chain takes one writer at a time, each until its row is on disk: one by one, staff could read no
more often than the disk can be waited for. Who comes while a statement runs goes with the next.
"""

import asyncio
from collections.abc import Mapping, Sequence

from backend.audit import statements
from config import encoding
from config.database import connection
from config.outages import is_full, is_outage

Row = Mapping[str, object]
"""A record by the names of its columns."""
MOST = 64
"""So many at once at most: the chain is held for all of them."""
_Waiting = list[tuple[Row, asyncio.Future[None]]]


async def insert(rows: Sequence[Row]) -> None:
    """Append the rows in this order, as a part of the transaction if there is one."""
    await connection().execute_query(statements.INSERT, [encoding.dumps(rows).decode()])


class Writer:
    """Those of a process who wait for their row to be written."""

    def __init__(self) -> None:
        self._waiting: _Waiting = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, row: Row) -> None:
        """Returns once the row is on disk; raises what PostgreSQL said of it. In no transaction."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((row, written))
        if self._writing is None:
            # Nobody's own: who gives up waiting ends it for no other.
            self._writing = asyncio.get_running_loop().create_task(self._write())
        await written

    async def _write(self) -> None:
        try:
            while self._waiting:
                given, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._write_all(given)
        finally:
            self._writing = None
            _tell(self._waiting, asyncio.CancelledError())
            self._waiting = []

    async def _write_all(self, given: _Waiting) -> None:
        try:
            await insert([row for row, _ in given])
        except Exception as error:  # noqa: BLE001 - told to all who wait
            if is_outage(error) or is_full(error):
                # Those who came later would wait as long to hear the same.
                given, self._waiting = given + self._waiting, []
            elif len(given) > 1:
                # One that cannot be written keeps no other from being written.
                for each in given:
                    await self._write_all([each])
                return
            _tell(given, error)
        except BaseException:
            _tell(given, asyncio.CancelledError())
            raise
        else:
            _tell(given)


def _tell(waiting: _Waiting, error: BaseException | None = None) -> None:
    for _, written in waiting:
        if written.done():
            continue
        if error is None:
            written.set_result(None)
        elif isinstance(error, asyncio.CancelledError):
            written.cancel()
        else:
            written.set_exception(error)
