"""What a clerk scanned, or an agent uploaded, becomes the file of whom it is handed in for."""

from collections.abc import Sequence
from uuid import UUID

from backend.files import names, statements
from backend.files.owners import Owner
from backend.files.refusals import FileUnknown
from config.database import connection


async def hand_over(files: Sequence[UUID], *, giver: Owner, person_id: UUID) -> None:
    """Make these the person's, some of which may be already; each is named once.

    Within the caller's transaction; FileUnknown where one is another's or has been swept, or an
    account handed it in before, for a case of its own say.
    """
    given = [giver.id, person_id, sorted(files)]
    held = await connection().execute_query_dict(statements.handed_over(giver.kind), given)
    if len(held) != len(files):
        raise FileUnknown
    hashes = await name_hashes(files, owner=person_id)
    await connection().execute_query(
        statements.give(giver.kind), [person_id, list(hashes), list(hashes.values()), giver.id]
    )


async def name_hashes(files: Sequence[UUID], *, owner: UUID | str) -> dict[UUID, str]:
    """By which the owner's files of one name are told, as those of who scanned them were."""
    rows = await connection().execute_query_dict(statements.FILE_NAMES, [files])
    return {
        row["id"]: names.hashed(owner, names.opened(row["id"], row["name_sealed"])) for row in rows
    }
