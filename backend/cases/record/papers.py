"""The papers of a case and the files that they are."""

from datetime import datetime
from uuid import UUID

from backend.cases.record import statements
from backend.files.refusals import FileUnknown
from backend.identity.actors import ResidentActor
from config.database import connection
from models import CaseMaterial


async def attach(
    case_id: UUID, materials: list[tuple[str, UUID]], *, by: ResidentActor, now: datetime
) -> None:
    """Put files of the resident or their person, as (code, file id), for the papers of those codes.

    Within the caller's transaction; FileUnknown where one is another's or has been swept.
    """
    files = {file_id for _, file_id in materials}
    given = [by.id, by.person_id, list(files)]
    held = await connection().execute_query_dict(statements.HELD_FILES, given)
    if len(held) != len(files):
        raise FileUnknown
    await put(case_id, materials, now=now)


async def put(case_id: UUID, materials: list[tuple[str, UUID]], *, now: datetime) -> None:
    """The same of files that the caller holds and knows to be the applicant's."""
    codes = {code for code, _ in materials}
    await CaseMaterial.filter(case_id=case_id, superseded_at=None, code__in=codes).update(
        superseded_at=now
    )
    await CaseMaterial.bulk_create(
        CaseMaterial(case_id=case_id, code=code, file_id=file_id, created_at=now)
        for code, file_id in materials
    )
