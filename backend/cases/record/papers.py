"""The papers of a case and the files that they are."""

from datetime import datetime
from uuid import UUID

from backend.errors import Invalid, InvalidParam
from backend.identity.actors import ResidentActor
from config.database import connection
from models import CaseMaterial

# Held until the end: a file whose days are over is swept before this, or not at all.
_HELD = "SELECT id FROM stored_file WHERE resident_id = $1 AND id = ANY($2::uuid[]) FOR KEY SHARE"


def unknown() -> Invalid:
    """The refusal where a file is another's, never was, or has been swept."""
    return Invalid(
        "有材料文件不存在，请重新上传",
        code="file_unknown",
        invalid_params=[InvalidParam("materials", "file_unknown", "文件不存在或不属于您")],
    )


async def attach(
    case_id: UUID, materials: list[tuple[str, UUID]], *, by: ResidentActor, now: datetime
) -> None:
    """Put files of the resident, as (code, file id), in the place of the papers of their codes.

    Within the caller's transaction; Invalid (file_unknown).
    """
    files = {file_id for _, file_id in materials}
    if len(await connection().execute_query_dict(_HELD, [by.id, list(files)])) != len(files):
        raise unknown()
    codes = {code for code, _ in materials}
    await CaseMaterial.filter(case_id=case_id, superseded_at=None, code__in=codes).update(
        superseded_at=now
    )
    await CaseMaterial.bulk_create(
        CaseMaterial(case_id=case_id, code=code, file_id=file_id, created_at=now)
        for code, file_id in materials
    )
