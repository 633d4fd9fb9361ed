"""What an account's open cases will bring yet, from the figures of past cases of their items."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.transactions import in_transaction

from backend.cases.record import statements
from backend.cases.rules import outlook
from backend.cases.rules.lifecycle import INSIDE
from backend.cases.rules.outlook import Ahead, Outlook, State
from backend.catalogue.queries import ItemVersion
from config import encoding
from config.database import connection
from models import CaseStatus, Flow, Importance
from notifications.telling.messages import OUTCOMES
from notifications.telling.outgoing import Outgoing

LOOKED_AT = 50
"""An account with more open cases than this has credit for none of the rest."""
LEARNT_FROM = 20_000


async def of_account(account: UUID) -> list[tuple[CaseStatus, Outlook]]:
    """What each open case of the account brings, with where it is; in this transaction."""
    rows = await connection().execute_query_dict(statements.OUTLOOKS, [account, LOOKED_AT])
    return [(CaseStatus(row["status"]), _of_row(row)) for row in rows]


async def of_new(item: ItemVersion) -> Outlook:
    """What a case of the item brings that is being submitted."""
    rows = await connection().execute_query_dict(statements.OUTLOOK_OF_NEW, [item.code])
    seen = [list(row.values()) for row in rows]
    return _blended(item.flow, len(item.route), State(CaseStatus.SUBMITTED), seen)


async def with_reserves(
    told: Sequence[Outgoing], *, answered: bool = False, new: ItemVersion | None = None
) -> list[Outgoing]:
    """The messages, each leaving credits for what matters more (see `outlook.reserve`).

    `answered` where the case had its answer before; `new` is the item of a case that is about to
    be written.
    """
    found = []
    for each in told:
        account = each.to.columns.get("resident_id")
        less = each.importance is Importance.INFO or answered
        if each.copy and less and isinstance(account, UUID):
            cases = await of_account(account)
            if new:
                cases.append((CaseStatus.SUBMITTED, await of_new(new)))
            left = outlook.reserve(cases, each.copy.template, each.importance, answered=answered)
            each = replace(each, copy=replace(each.copy, reserve=left))  # noqa: PLW2901 - the same
        found.append(each)
    return found


async def learn(*, now: datetime) -> None:
    """Take the figures anew from the cases that ended last."""
    kinds = [
        {"flow": flow, "name": name, "template": template, "importance": importance}
        for flow, name, template, importance in outlook.sent_kinds()
    ]
    async with in_transaction():
        await connection().execute_query(statements.FORGET_OUTLOOKS)
        await connection().execute_query(
            statements.LEARN_OUTLOOKS,
            [
                LEARNT_FROM,
                sorted(INSIDE),
                encoding.dumps(kinds).decode(),
                encoding.dumps(OUTCOMES).decode(),
                now,
            ],
        )


def _of_row(row: dict[str, Any]) -> Outlook:
    state = State(
        CaseStatus(row["status"]),
        row["step"],
        CaseStatus(row["resume_status"] or CaseStatus.SUBMITTED),
    )
    return _blended(Flow(row["flow"]), row["steps"], state, orjson.loads(row["seen"] or "[]"))


def _blended(flow: Flow, steps: int, state: State, seen: Iterable[Sequence[Any]]) -> Outlook:
    """The guess with the figures, each a template, how many cases, and the averages of `Ahead`."""
    figures = list(seen)
    averages = {template: Ahead(*means) for template, _, *means in figures}
    cases = max((count for _, count, *_ in figures), default=0)
    return outlook.blended(outlook.guess(flow, steps, state), averages, cases)
