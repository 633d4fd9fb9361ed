"""My files: what I uploaded or handed in before, to be found and used again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.audit import Act
from backend.files import own
from backend.files.own import OwnFile, Use, Wanted
from backend.http import pages
from backend.http.answers import Answer
from backend.http.call import Call, Nothing
from backend.http.guard import Guard
from backend.http.pages import Listing, Page
from backend.http.routes import Routes
from backend.http.views.files import FileView
from backend.mandates import acting
from models import Right

routes = Routes(
    "resident_own_files",
    prefix="/api/v1/me/files",
    guard=Guard.RESIDENT,
    unrecorded="a resident's own",
)


class ListOwnFiles(Page):
    """Which of my files: those that were handed in as the material of this code."""

    material: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class UsedItem(TypedDict):
    """The item of a case that a file was handed in for."""

    code: str
    name: str


class UseView(TypedDict):
    """Where a file was handed in."""

    material_code: str
    item: UsedItem
    case_id: UUID
    number: str


class OwnFileView(FileView):
    """One of my files, and where it was used, the last time first."""

    uploaded_at: datetime
    used: list[UseView]


@routes.get("", query=ListOwnFiles, behalf=Right.READ, records=(Act.ACT_FOR,))
async def list_own_files(call: Call[Nothing, ListOwnFiles]) -> Answer[Listing[OwnFileView]]:
    """List my files, newest first, and where each was used; of my principal what was handed in."""
    asked = call.query
    wanted: Wanted = {
        "material": asked.material,
        "before": pages.position_uuid(asked),
        "limit": asked.limit + 1,
    }
    if (behalf := await call.behalf()) is None:
        found = await own.of_resident(call.who, **wanted)
    else:
        await acting.record(behalf, did="list_files")
        found = await own.for_agent(behalf.principal_id, behalf.items, **wanted)
    kept, following = pages.cut(found, asked, lambda file: str(file.id))
    return Answer({"items": [_view(file) for file in kept], "next_cursor": following})


def _view(file: OwnFile) -> OwnFileView:
    return {
        "id": file.id,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "uploaded_at": file.at,
        "used": [_use(use) for use in file.uses],
    }


def _use(use: Use) -> UseView:
    return {
        "material_code": use.material_code,
        "item": {"code": use.item_code, "name": use.item_name},
        "case_id": use.case_id,
        "number": use.number,
    }
