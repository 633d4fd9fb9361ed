"""Reading files: whose they are decides."""

from datetime import datetime
from uuid import UUID

from backend import audit
from backend.audit import Act
from backend.files import links, statements, store
from backend.files.refusals import FileNotFound
from config.database import connection
from models import StoredFile


async def of_resident(file_id: UUID, resident_id: UUID) -> StoredFile:
    """The resident's own file, or a paper of a case of theirs or of their person; FileNotFound."""
    found = await StoredFile.get_or_none(id=file_id)
    if found is None or (
        found.resident_id != resident_id and not await _theirs(found, resident_id)
    ):
        raise FileNotFound
    return found


async def for_agent(file_id: UUID, person_id: UUID, items: list[str] | None) -> StoredFile:
    """A paper of a case of the person, of one of these items or of any; FileNotFound."""
    given = [file_id, person_id, items]
    rows = await connection().execute_query_dict(statements.FOR_AGENT, given)
    found = await StoredFile.get_or_none(id=file_id) if rows else None
    if found is None:
        raise FileNotFound
    return found


async def _theirs(file: StoredFile, resident_id: UUID) -> bool:
    return bool(
        await connection().execute_query_dict(statements.FOR_RESIDENT, [file.id, resident_id])
    )


async def of_staff(file_id: UUID, staff_id: UUID) -> StoredFile:
    """What this member of staff uploaded and has not filed for anybody yet; else FileNotFound."""
    found = await StoredFile.get_or_none(id=file_id, staff_id=staff_id)
    if found is None:
        raise FileNotFound
    return found


async def of_case(file_id: UUID, case_id: UUID) -> StoredFile:
    """A paper of this case, one that was replaced or its consent too; FileNotFound otherwise."""
    rows = await connection().execute_query_dict(statements.OF_CASE, [case_id, file_id])
    found = await StoredFile.get_or_none(id=file_id) if rows[0]["used"] else None
    if found is None:
        raise FileNotFound
    return found


async def content_by_link(token: str, *, now: datetime) -> tuple[StoredFile, bytes]:
    """The file a signed link opens, and its bytes, once that is recorded.

    FileLinkExpired when the link is over, FileLost when its bytes are gone.
    """
    link = links.opened(token, now=now)
    found = await StoredFile.get_or_none(id=link.file_id)
    if found is None:
        raise FileNotFound
    resident, details = found.resident_id, None
    # A paper that the unit issued; else a list of consents, which is of no one case.
    for case in await connection().execute_query_dict(statements.ISSUED_FOR, [found.id]):
        resident, details = case["resident_id"], {"case": case["id"]}
    await audit.record(
        Act.OPEN_FILE, by=link.holder, on=("file", found.id), resident=resident, details=details
    )
    return found, await store.get(found.key)
