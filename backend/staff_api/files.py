"""Staff upload what is handed in at their window, and open the files of a case they may see."""

from datetime import datetime
from uuid import UUID

from backend import audit
from backend.audit import Act, Actor
from backend.cases.reading import queries, scope
from backend.cases.record import recusals
from backend.cases.rules import rights
from backend.cases.rules.refusals import CaseNotFound, OwnCase, RoleMissing, StaffRecused
from backend.files import links, operations
from backend.files import queries as files
from backend.files.owners import Owner
from backend.files.refusals import FileNotFound
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.http.views.files import UPLOAD_REFUSALS, FileView, file_view
from config.settings import settings
from models import StoredFile

routes = Routes("staff_files", prefix="/api/v1/staff", guard=Guard.STAFF)


class LinkedStaffFile(FileView):
    """A file that staff may see; `url` opens it for five minutes."""

    url: str


# not keyed, as the residents' upload is not
@routes.post(
    "/files",
    keyed=Keyed.NO,
    limit=Limit.WINDOW_UPLOAD,
    multipart=True,
    status=201,
    errors=(*UPLOAD_REFUSALS, RoleMissing),
    unrecorded="nothing is read",
)
async def upload_staff_file(call: Call[Nothing, NoQuery]) -> Answer[FileView]:
    """Upload a paper that somebody hands in at my window; it becomes theirs with their case."""
    if (sent := call.upload) is None:
        raise TypeError("only a route that takes a file has one")
    by = await call.staff()
    if not any(post.role in rights.WINDOW_ROLES for post in by.posts):
        raise RoleMissing
    stored = await operations.upload(
        Owner("staff", by.id), name=sent.name, content=sent.content, now=call.now
    )
    return Answer(file_view(stored), 201)


@routes.get(
    "/files/<file_id:uuid>",
    errors=(FileNotFound,),
    unrecorded="their own upload; opening it is recorded",
)
async def get_staff_file(call: Call[Nothing, NoQuery], file_id: UUID) -> Answer[LinkedStaffFile]:
    """Show what I uploaded, with a link to open it, until I have filed it for somebody."""
    by = await call.staff()
    return Answer(linked(await files.of_staff(file_id, by.id), by.acting, call.now))


@routes.get(
    "/cases/<case_id:uuid>/files/<file_id:uuid>",
    errors=(CaseNotFound, StaffRecused, OwnCase, FileNotFound),
    records=(Act.LINK_FILE,),
)
async def get_case_file(
    call: Call[Nothing, NoQuery], case_id: UUID, file_id: UUID
) -> Answer[LinkedStaffFile]:
    """Show a file handed in for a case, with a link to open it."""
    case, by = await queries.one(case_id), await call.staff()
    if not scope.of(by).covers(case):
        raise CaseNotFound
    await recusals.check(case_id, by)
    found, who = await files.of_case(file_id, case_id), scope.acting(by, case)
    await audit.record(
        Act.LINK_FILE,
        by=who,
        on=("file", file_id),
        resident=case.resident_id,
        details={"case": case_id},
    )
    return Answer(linked(found, who, call.now))


def linked(found: StoredFile, who: Actor, now: datetime) -> LinkedStaffFile:
    """The file with a link; the caller has checked, and recorded, who asks."""
    path = links.link(found.id, to=who, now=now)
    return {**file_view(found), "url": settings().base_url + path}
