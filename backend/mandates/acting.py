"""Acting under a mandate: whether it holds for just this, at the moment that it is done."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.transactions import in_transaction

from backend import audit
from backend.audit import Act, Actor
from backend.identity.actors import PostView, ResidentActor, StaffActor
from backend.mandates import mandates, statements
from backend.mandates.mandates import Mandate, MandateState
from backend.mandates.refusals import (
    MandateExpired,
    MandateMissing,
    MandateNotForItem,
    MandateRightMissing,
)
from config.database import connection, within_transaction
from models import Right
from notifications.telling import outbox

On = tuple[str, UUID | str]
"""Of which kind is what was done or read, as the access log calls it, and its id or code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behalf:
    """For whom somebody acts, under which mandate; `account` is the principal's, if any."""

    mandate: Mandate
    account: UUID | None
    agent: ResidentActor

    @property
    def principal_id(self) -> UUID:
        """The person whose right it is."""
        return self.mandate.principal_id

    @property
    def person_id(self) -> UUID:
        """The same, as of who acts for themselves."""
        return self.mandate.principal_id

    @property
    def counted(self) -> UUID:
        """Under whom is counted what each may have so many of."""
        return self.mandate.principal_id

    @property
    def acting(self) -> Actor:
        """Who does it, as the access log and the events name them."""
        return self.agent.acting

    @property
    def items(self) -> list[str] | None:
        """The codes of the items that it is for; None for all."""
        return None if self.mandate.items is None else list(self.mandate.items)

    def covers(self, item_code: str) -> bool:
        """Whether the mandate is for this item."""
        return self.mandate.covers(item_code)


async def on_behalf(
    mandate_id: UUID,
    *,
    by: ResidentActor,
    right: Right,
    item_code: str | None = None,
    now: datetime,
) -> Behalf:
    """The principal for whom the agent has this right now, for this item or for some.

    In a transaction the mandate stays as it is until its end. MandateMissing for one that they do
    not hold or that was revoked, MandateExpired, MandateRightMissing or MandateNotForItem.
    """
    statement = statements.HELD_FAST if within_transaction() else statements.SEEN
    rows = await connection().execute_query_dict(statement, [mandate_id, by.id])
    mandate = _holding(rows, right, item_code, now)
    return Behalf(mandate=mandate, account=rows[0]["account"], agent=by)


@asynccontextmanager
async def carrying_out(
    mandate_id: UUID, *, by: ResidentActor, right: Right, did: str, on: On, now: datetime
) -> AsyncIterator[Behalf]:
    """A transaction in which the mandate holds, for an act that is recorded with it.

    Raises as `on_behalf`.
    """
    async with in_transaction():
        behalf = await on_behalf(mandate_id, by=by, right=right, now=now)
        yield behalf
        await record(behalf, did=did, on=on)
    # Only now can the workers see what there is to send.
    outbox.wake()


async def by_unit(
    mandate_id: UUID,
    *,
    unit_code: str,
    principal_id: UUID,
    item_code: str,
    now: datetime,
) -> Mandate:
    """The mandate under which this unit hands in for the principal, of the item, now.

    To be called in a transaction, until whose end it stays as it is. Raises as `on_behalf`.
    """
    given = [mandate_id, unit_code, principal_id]
    rows = await connection().execute_query_dict(statements.OF_UNIT_FAST, given)
    return _holding(rows, Right.SUBMIT, item_code, now)


def _holding(
    rows: list[dict[str, Any]], right: Right, item_code: str | None, now: datetime
) -> Mandate:
    """The mandate that was looked for, if it holds for this."""
    if not rows:
        raise MandateMissing
    mandate = mandates.from_row(rows[0])
    state = mandate.state(now)
    if state is MandateState.REVOKED:
        raise MandateMissing("授权已被撤销，不能再据此办理")
    if state is not MandateState.ACTIVE:
        raise MandateExpired
    if right not in mandate.rights:
        raise MandateRightMissing
    if item_code is not None and not mandate.covers(item_code):
        raise MandateNotForItem
    return mandate


async def record(behalf: Behalf, *, did: str, on: On | None = None) -> None:
    """Write into the access log what was done or read, for the principal to see."""
    await audit.record(
        Act.ACT_FOR,
        by=behalf.agent.acting,
        on=("mandate", behalf.mandate.id),
        resident=behalf.account,
        details=_details(did, on),
    )


async def record_unit(mandate: Mandate, *, by: StaffActor, at: PostView, did: str, on: On) -> None:
    """The same of what a unit did by this post of a member of its staff."""
    await audit.record(
        Act.ACT_FOR,
        by=by.acting,
        on=("mandate", mandate.id),
        resident=await mandates.account(mandate.principal_id),
        details=_details(did, on) | {"unit": at.unit_code, "role": at.role},
    )


def _details(did: str, on: On | None) -> dict[str, str]:
    return {"did": did} | ({on[0]: str(on[1])} if on else {})
