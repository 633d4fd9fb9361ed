"""Those who are served meanwhile: by statements of the first release, with a person's patience."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

import asyncpg

from benchmarks import ids, seed
from benchmarks.ids import Kind
from config import database
from config.errors import StartError
from config.patience import PERSON

Act = Callable[[Any, int], Awaitable[object]]

_READ = """
SELECT number, status, item_id, holder_id, version,
       (SELECT json_agg(e ORDER BY e.seq) FROM (
            SELECT seq, action, actor, before, after, created_at FROM case_event
            WHERE case_id = c.id) AS e) AS events,
       (SELECT json_agg(m.code) FROM case_material m WHERE m.case_id = c.id) AS materials,
       (SELECT form_sealed FROM case_form f WHERE f.case_id = c.id ORDER BY no DESC LIMIT 1) AS form
FROM "case" c WHERE id = $1
"""
_LIST = (
    'SELECT id, number, status, item_id, promised_due_at FROM "case" WHERE resident_id = $1'
    " ORDER BY id DESC LIMIT 20"
)
# The case first, as every act of staff locks it.
_LOCK = 'SELECT version FROM "case" WHERE id = $1 FOR UPDATE'
_CHANGE = 'UPDATE "case" SET version = version + 1 WHERE id = $1'
_EVENT = f"""
INSERT INTO case_event (id, created_at, case_id, seq, action, actor, after, step, unit_id)
SELECT uuidv7(), now(), c.id, (SELECT max(seq) + 1 FROM case_event WHERE case_id = c.id), 'pass',
       'staff', 'approved', 1, '{seed.COMMUNITY}'
FROM "case" c WHERE c.id = $1
"""


@dataclass
class Served:
    """How long one of them waited each time, in seconds, and what went wrong."""

    name: str
    act: Act
    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def live(self, url: str, over: asyncio.Event) -> None:
        """Act again and again until it is over."""
        numbers = cycle(ids.applicants())
        while not over.is_set():
            begun = time.monotonic()
            try:
                connection = await database.single(url, patience=PERSON)
                try:
                    await self._go_on(connection, numbers, over)
                finally:
                    await connection.close()
            except (StartError, asyncpg.PostgresError, OSError, TimeoutError) as error:
                self.errors.append(f"{type(error).__name__} after {time.monotonic() - begun:.1f} s")
                await asyncio.sleep(0.1)

    async def _go_on(self, connection: Any, numbers: Iterator[int], over: asyncio.Event) -> None:
        while not over.is_set():
            begun = time.monotonic()
            await self.act(connection, next(numbers))
            self.took.append(time.monotonic() - begun)
            await asyncio.sleep(0)


def people() -> list[Served]:
    """A resident, one who lists what is theirs, and a member of staff."""
    return [Served("read a case", _read), Served("list one's cases", _list), Served("act", _act)]


async def _read(connection: Any, number: int) -> None:
    await connection.fetchrow(_READ, ids.uuid(Kind.CASE, number))


async def _list(connection: Any, number: int) -> None:
    await connection.fetch(_LIST, ids.uuid(Kind.RESIDENT, number))


async def _act(connection: Any, number: int) -> None:
    case = ids.uuid(Kind.CASE, number)
    async with connection.transaction():
        await connection.fetchval(_LOCK, case)
        await connection.execute(_CHANGE, case)
        await connection.execute(_EVENT, case)
