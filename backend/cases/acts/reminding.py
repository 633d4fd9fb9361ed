"""Telling units in time that a task is nearly due, and that it was not done in time."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.cases.acts import statements
from backend.cases.clock import limits
from backend.catalogue import queries as catalogue
from config.clock import city_day
from config.database import connection
from models import Role
from notifications.telling import messages, outbox
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import Recipient, Staff, UnitRole

AT_ONCE = 500
"""How many tasks are told of in one transaction."""
_Told = dict[tuple[str, Recipient], list[tuple[UUID, str, str]]]


async def remind(*, now: datetime) -> int:
    """Tell of each open task once that its light turned yellow, and once that it turned red.

    Whoever has it in hand is told, of one that nobody has the role of its unit; of a red one the
    nearest supervisor too. A task of another due date is told of anew, one that is done or whose
    limit does not run is not. How many were told of; repeated it tells nobody twice.
    """
    count = 0
    today = city_day(now)
    # Of a task that turned red while nobody looked only that is told.
    for statement, until in (
        (statements.OVERDUE, now),
        (statements.NEARLY_DUE, limits.yellow_until(now)),
    ):
        while found := await _tell(statement, [until, today, AT_ONCE], now):
            count += found
            if found < AT_ONCE:
                break
    if count:
        outbox.wake()
    return count


async def _tell(statement: str, given: list[Any], now: datetime) -> int:
    async with in_transaction():
        rows = await connection().execute_query_dict(statement, given)
        told: _Told = {}
        for row in rows:
            item = await catalogue.version(row["item_version_id"])
            for place in _to(row):
                told.setdefault(place, []).append((row["case_id"], row["number"], item.name))
        if told:
            await outbox.enqueue(*_outgoing(told, now))
    return len(rows)


def _to(row: Mapping[str, Any]) -> Iterator[tuple[str, Recipient]]:
    """Whom the task is told to, each with the action that has the words."""
    deputy, has_it = row["deputy_id"], row["assignee_id"] and not row["away"]
    unit: Recipient = UnitRole(row["unit_id"], Role(row["role"]))
    acting = row["assignee_id"] if has_it else deputy
    yield ("overdue" if row["overdue"] else "nearly_due", Staff(acting) if acting else unit)
    if row["supervising_unit"]:
        yield "overdue_below", UnitRole(row["supervising_unit"], Role.SUPERVISOR)


def _outgoing(told: _Told, now: datetime) -> Iterable[Outgoing]:
    return (
        messages.tasks_message(action, to=to, cases=cases, at=now)
        for (action, to), cases in told.items()
    )
