"""What is done with files: they are uploaded."""

from datetime import datetime

from tortoise.transactions import in_transaction

from backend.files import cleaning, names, statements, store
from backend.files.contents import Cleaned
from backend.files.owners import Owner
from backend.files.refusals import FileQuotaExceeded
from config.database import connection
from models import StoredFile, uuid7


async def upload(owner: Owner, *, name: str, content: bytes, now: datetime) -> StoredFile:
    """Keep a file of this owner; the same content under the same name is kept once.

    Refuses what `cleaning` refuses; FileQuotaExceeded; FilesUnavailable or StorageFull if the store
    does not take it.
    """
    cleaned = await cleaning.clean(content, owner.id)
    shown = names.shown(name, cleaned.media_type)
    # asked before the bytes are stored; what counts is the second look, in turn
    if (known := await _known(owner, shown, cleaned, now)) is not None:
        if not await store.holds(known.key, known.size):
            await store.put(known.key, cleaned.content)  # lost by the store, and here again
        return known
    await _check_quota(owner, len(cleaned.content), now)
    key = store.new_key()
    # bytes first: a crash in between leaves bytes nobody names, which `sweep` finds
    await store.put(key, cleaned.content)
    try:
        stored = await _written_down(owner, shown, cleaned, key, now)
    except FileQuotaExceeded:
        await store.delete([key])
        raise
    if stored.key != key:
        await store.delete([key])
    return stored


async def _written_down(  # noqa: PLR0917 - a file, whose it is and since when
    owner: Owner, name: str, cleaned: Cleaned, key: str, now: datetime
) -> StoredFile:
    async with in_transaction():
        await connection().execute_query_dict(statements.in_turn(owner.kind), [owner.id])
        if (known := await _known(owner, name, cleaned, now)) is not None:
            return known
        await _check_quota(owner, len(cleaned.content), now)
        file_id = uuid7()
        return await StoredFile.create(
            id=file_id,
            created_at=now,
            **owner.column,
            key=key,
            name_sealed=names.sealed_name(file_id, name),
            name_hash=names.hashed(owner.id, name),
            media_type=cleaned.media_type,
            size=len(cleaned.content),
            sha256=cleaned.sha256,
        )


async def _known(owner: Owner, name: str, cleaned: Cleaned, now: datetime) -> StoredFile | None:
    """The same file, uploaded before; its days of waiting to be handed in begin anew."""
    known = await StoredFile.filter(
        **owner.column, sha256=cleaned.sha256, name_hash=names.hashed(owner.id, name)
    ).first()
    if known is None:
        return None
    renewed = await StoredFile.filter(id=known.id).update(created_at=now)
    return known if renewed else None


async def _check_quota(owner: Owner, size: int, now: datetime) -> None:
    statement = statements.kept_bytes(owner.kind)
    kept = await connection().execute_query_dict(statement, [owner.id, now])
    if kept[0]["bytes"] + size > owner.most_bytes:
        raise FileQuotaExceeded
