"""The heads of the access log that backups hold: witnesses outside of the database."""

from backend.audit.chain import Head
from backend.backups import statements
from backend.backups.folder import Folder
from config import database


async def noted(url: str, folder: Folder) -> list[Head]:
    """The heads in the backups of the database at `url` since it was last restored.

    What was restored to an earlier moment rightly lacks later rows. Raises StartError.
    """
    connection = await database.single(url)
    try:
        line = await connection.fetchrow(statements.LINE)
    finally:
        await connection.close()
    made = [base.manifest for base in folder.bases()]
    return [
        Head.read(each.head)
        for each in made
        if each.head and (each.system, each.timeline) == (line["system"], line["timeline"])
    ]
