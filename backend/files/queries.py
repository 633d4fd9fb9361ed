"""Reading files: whose they are decides."""

from uuid import UUID

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


async def content_by_link(token: str) -> tuple[StoredFile, bytes]:
    """The file a signed link opens, and its bytes; NotFound when the link is over."""
    found = await StoredFile.get_or_none(id=links.opened(token))
    if found is None:
        raise _missing()
    return found, await store.get(found.key)


def _missing() -> NotFound:
    return NotFound("没有找到该文件", code="file_not_found")
