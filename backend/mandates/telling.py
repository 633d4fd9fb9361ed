"""Telling the sides of a mandate what became of it."""

from datetime import datetime
from uuid import UUID

from backend.identity import persons
from notifications.telling import messages, outbox


async def tell(action: str, person_id: UUID | None, *, now: datetime, window: str = "") -> None:
    """Tell the person where they are told, if there is one; in the transaction of the change."""
    if person_id is None:
        return
    inboxes = await persons.inboxes(person_id)
    await outbox.enqueue(
        *(messages.mandate_message(action, to=to, at=now, window=window) for to in inboxes)
    )
