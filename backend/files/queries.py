"""Reading files: whose they are decides."""

from datetime import datetime
from uuid import UUID

from backend import audit
from backend.audit import Act
from backend.errors import NotFound
from backend.files import links, store
from models import CaseMaterial, StoredFile


async def of_resident(file_id: UUID, resident_id: UUID) -> StoredFile:
    """The resident's own file; NotFound for another's."""
    found = await StoredFile.get_or_none(id=file_id, resident_id=resident_id)
    if found is None:
        raise _missing()
    return found


async def of_case(file_id: UUID, case_id: UUID) -> StoredFile:
    """A file handed in for this case, earlier versions too; NotFound otherwise."""
    used = await CaseMaterial.filter(case_id=case_id, file_id=file_id).exists()
    found = await StoredFile.get_or_none(id=file_id) if used else None
    if found is None:
        raise _missing()
    return found


async def content_by_link(token: str, *, now: datetime) -> tuple[StoredFile, bytes]:
    """The file a signed link opens, and its bytes, once that is recorded.

    NotFound when the link is over.
    """
    link = links.opened(token, now=now)
    found = await StoredFile.get_or_none(id=link.file_id)
    if found is None:
        raise _missing()
    await audit.record(
        Act.OPEN_FILE, by=link.holder, on=("file", found.id), resident=found.resident_id
    )
    return found, await store.get(found.key)


def _missing() -> NotFound:
    return NotFound("没有找到该文件", code="file_not_found")
