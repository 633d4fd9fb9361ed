"""Residents' drafts: an application goes on where it was left, on another phone too."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from backend.catalogue.refusals import ItemUnknown
from backend.drafts import drafts
from backend.drafts.drafts import Content, Draft, DraftSummary
from backend.drafts.refusals import DraftNotFound, DraftStale, DraftsTooMany, DraftTooLarge
from backend.http.answers import Answer
from backend.http.body import Body
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.http.views.materials import Materials

routes = Routes(
    "resident_drafts", prefix="/api/v1/drafts", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class SaveDraft(Body):
    """What is answered so far; nothing of it is checked before it is submitted."""

    item_code: Annotated[str, Field(min_length=1, max_length=50)]
    form: dict[str, Any] = {}
    materials: Materials = []


class Drafts(TypedDict):
    """All my drafts, of which there are few."""

    items: list[DraftSummary]


@routes.put(
    "/<draft_id:uuid>",
    body=SaveDraft,
    etag=True,
    if_match_later=True,
    errors=(ItemUnknown, DraftTooLarge, DraftsTooMany, DraftNotFound, DraftStale),
)
async def save_draft(call: Call[SaveDraft, NoQuery], draft_id: UUID) -> Answer[Draft]:
    """Save a draft under an id of the client's making."""
    content = Content(
        item_code=call.body.item_code,
        form=call.body.form,
        materials=[
            {"material_code": each.material_code, "file_id": each.file_id}
            for each in call.body.materials
        ],
    )
    seen = call.expected_version
    saved = await drafts.save(draft_id, content, resident_id=call.who, seen=seen, now=call.now)
    return Answer(saved, version=saved["version"])


@routes.get("")
async def list_drafts(call: Call[Nothing, NoQuery]) -> Answer[Drafts]:
    """List my drafts, the last changed first."""
    return Answer({"items": await drafts.of_resident(call.who, now=call.now)})


@routes.get("/<draft_id:uuid>", etag=True, errors=(DraftNotFound,))
async def get_draft(call: Call[Nothing, NoQuery], draft_id: UUID) -> Answer[Draft]:
    """Show one of my drafts."""
    found = await drafts.one(draft_id, call.who, now=call.now)
    return Answer(found, version=found["version"])


@routes.delete("/<draft_id:uuid>", status=204, errors=(DraftNotFound,))
async def delete_draft(call: Call[Nothing, NoQuery], draft_id: UUID) -> Answer[None]:
    """Throw one of my drafts away."""
    await drafts.delete(draft_id, call.who, now=call.now)
    return Answer(status=204)
