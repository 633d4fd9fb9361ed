"""What residents do with files: upload them."""

from uuid import UUID

from backend.files import cleaning, names, store
from models import StoredFile


async def upload(resident_id: UUID, *, name: str, content: bytes) -> StoredFile:
    """Keep a resident's file; the same content under the same name is kept once.

    TooLarge and UnsupportedType as in `cleaning`, Unavailable if the store is away.
    """
    cleaned = await cleaning.clean(content)
    shown = names.shown(name, cleaned.media_type)
    known = await StoredFile.filter(
        resident_id=resident_id, sha256=cleaned.sha256, name=shown
    ).first()
    if known is not None:
        return known
    key = store.new_key()
    # bytes first: a crash in between leaves bytes nobody names, not a file without bytes
    await store.put(key, cleaned.content)
    return await StoredFile.create(
        resident_id=resident_id,
        key=key,
        name=shown,
        media_type=cleaned.media_type,
        size=len(cleaned.content),
        sha256=cleaned.sha256,
    )
