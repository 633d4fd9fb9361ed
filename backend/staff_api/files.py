"""Staff open the files of a case their posts cover."""

from uuid import UUID

from typing_extensions import TypedDict

from backend import audit
from backend.audit import Act
from backend.cases.reading import queries, scope
from backend.cases.rules.refusals import CaseNotFound
from backend.files import links, names
from backend.files import queries as files
from backend.files.refusals import FileNotFound
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from config.settings import settings

routes = Routes("staff_files", prefix="/api/v1/staff", guard=Guard.STAFF)


class CaseFile(TypedDict):
    """A file of a case; `url` opens it for five minutes."""

    id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    url: str


@routes.get(
    "/cases/<case_id:uuid>/files/<file_id:uuid>",
    errors=(CaseNotFound, FileNotFound),
    records=(Act.LINK_FILE,),
)
async def get_case_file(
    call: Call[Nothing, NoQuery], case_id: UUID, file_id: UUID
) -> Answer[CaseFile]:
    """Show a file handed in for a case, with a link to open it."""
    case, by = await queries.one(case_id), await call.staff()
    if not scope.of(by).covers(case):
        raise CaseNotFound
    found = await files.of_case(file_id, case_id)
    await audit.record(
        Act.LINK_FILE,
        by=by.acting,
        on=("file", file_id),
        resident=case.resident_id,
        details={"case": case_id},
    )
    return Answer(
        {
            "id": found.id,
            "name": names.of(found),
            "media_type": found.media_type,
            "size": found.size,
            "sha256": found.sha256,
            "url": settings().base_url + links.link(found.id, to=by.acting, now=call.now),
        }
    )
