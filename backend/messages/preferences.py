"""What somebody wants to hear of, and over which channels: all, but for what they muted."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from tortoise.transactions import in_transaction

from backend.identity.refusals import SessionEnded
from backend.messages import statements
from backend.messages.refusals import KindNotMutable, PreferenceUnknown
from config import encoding
from config.database import connection
from models import Channel
from notifications.telling.kinds import kinds

Muted = frozenset[tuple[str, Channel]]
"""Kinds with the channels over which they are not wanted."""


async def of_resident(resident_id: UUID) -> Muted:
    """What an account muted."""
    return await _muted(statements.MUTED_BY_RESIDENT, resident_id)


async def of_staff(staff_id: UUID) -> Muted:
    """What a member of staff muted."""
    return await _muted(statements.MUTED_BY_STAFF, staff_id)


async def choose_by_resident(
    muted: Collection[tuple[str, Channel]], *, resident_id: UUID, now: datetime
) -> Muted:
    """Mute these and nothing else; copies of them that still wait are not sent.

    Raises PreferenceUnknown, KindNotMutable and SessionEnded, and then changes nothing.
    """
    _check(muted, residents=True)
    async with in_transaction():
        await _chosen(statements.RESIDENTS, muted, resident_id, now)
        await connection().execute_query_dict(statements.DROP_MUTED, [resident_id])
    return await of_resident(resident_id)


async def choose_by_staff(
    muted: Collection[tuple[str, Channel]], *, staff_id: UUID, now: datetime
) -> Muted:
    """Likewise for a member of staff."""
    _check(muted, residents=False)
    async with in_transaction():
        await _chosen(statements.STAFFS, muted, staff_id, now)
    return await of_staff(staff_id)


def _check(muted: Collection[tuple[str, Channel]], *, residents: bool) -> None:
    known = kinds(residents=residents)
    places = list(enumerate(muted))
    if unknown := [
        place
        for place, (kind, channel) in places
        if kind not in known or channel not in known[kind].channels
    ]:
        raise PreferenceUnknown(unknown)
    if needed := [place for place, (kind, _) in places if not known[kind].mutable]:
        raise KindNotMutable(needed)


async def _chosen(
    of: statements.Choosing, muted: Collection[tuple[str, Channel]], who: UUID, now: datetime
) -> None:
    if not await connection().execute_query_dict(of.lock, [who]):
        raise SessionEnded
    written = encoding.dumps([{"kind": kind, "channel": channel} for kind, channel in muted])
    await connection().execute_query_dict(of.unmute, [who, written.decode()])
    await connection().execute_query_dict(of.mute, [who, written.decode(), now])


async def _muted(statement: str, who: UUID) -> Muted:
    rows = await connection().execute_query_dict(statement, [who])
    return frozenset((row["kind"], Channel(row["channel"])) for row in rows)
