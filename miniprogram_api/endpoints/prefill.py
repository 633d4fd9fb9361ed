"""What is known already when an application is begun."""

from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from backend.audit import Act
from backend.cases.reading import prefills
from backend.catalogue.prefilling import From
from backend.catalogue.refusals import ItemNotFound
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.mandates import acting
from miniprogram_api.endpoints.own_files import UsedItem
from models import Right

routes = Routes(
    "resident_prefill", prefix="/api/v1", guard=Guard.RESIDENT, unrecorded="a resident's own"
)

SourceView = TypedDict("SourceView", {"path": str, "from": From})


class KnownFile(TypedDict):
    """A paper that was handed in before and serves again."""

    material_code: str
    file_id: UUID
    name: str
    used_in: UsedItem


class Prefill(TypedDict):
    """Answers and papers to begin with; `share` of the answers that must be given are there."""

    form: dict[str, Any]
    sources: list[SourceView]
    files: list[KnownFile]
    share: float


@routes.get(
    "/items/<code:str>/prefill",
    behalf=Right.FILL,
    records=(Act.ACT_FOR,),
    errors=(ItemNotFound,),
)
async def prefill_item(call: Call[Nothing, NoQuery], code: str) -> Answer[Prefill]:
    """Show what is known already for an application of mine, or of my principal's."""
    if (behalf := await call.behalf(item_code=code)) is None:
        found = await prefills.of_resident(code, call.who)
    else:
        await acting.record(behalf, did="prefill", on=("item", code))
        found = await prefills.for_agent(code, behalf)
    return Answer(
        {
            "form": found.answers.form,
            "sources": [{"path": path, "from": source} for path, source in found.answers.sources],
            "files": [
                {
                    "material_code": paper.material_code,
                    "file_id": paper.file_id,
                    "name": paper.name,
                    "used_in": {"code": paper.item_code, "name": paper.item_name},
                }
                for paper in found.papers
            ],
            "share": round(found.answers.share, 2),
        }
    )
