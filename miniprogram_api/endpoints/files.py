"""Residents' files: upload, look, and the links that open them."""

from urllib.parse import quote
from uuid import UUID

from backend.audit import Act, Actor
from backend.files import contents, links, names, operations, queries
from backend.files.owners import Owner
from backend.files.refusals import FileLinkExpired, FileLost, FileNotFound, FilesUnavailable
from backend.http import deadline
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.http.views.files import UPLOAD_REFUSALS, FileView, file_view
from backend.mandates import acting
from config.settings import settings
from models import Right

routes = Routes(
    "resident_files", prefix="/api/v1/files", guard=Guard.RESIDENT, unrecorded="a resident's own"
)


class LinkedFile(FileView):
    """A file with a link that opens it for five minutes."""

    url: str


# not keyed: the boundary of a repeated upload differs, and the same file is kept once anyway
@routes.post(
    "",
    keyed=Keyed.NO,
    limit=Limit.UPLOAD,
    multipart=True,
    status=201,
    errors=UPLOAD_REFUSALS,
)
async def upload_file(call: Call[Nothing, NoQuery]) -> Answer[FileView]:
    """Upload a JPEG, PNG, WebP or PDF of at most 10 MiB in the multipart field `file`."""
    if (sent := call.upload) is None:
        raise TypeError("only a route that takes a file has one")
    stored = await operations.upload(
        Owner("resident", call.who), name=sent.name, content=sent.content, now=call.now
    )
    return Answer(file_view(stored), 201)


@routes.get("/<file_id:uuid>", behalf=Right.READ, records=(Act.ACT_FOR,), errors=(FileNotFound,))
async def get_file(call: Call[Nothing, NoQuery], file_id: UUID) -> Answer[LinkedFile]:
    """Show one of my files, or a paper of a case of mine, with a link to open it."""
    if (behalf := await call.behalf()) is None:
        stored = await queries.of_resident(file_id, call.who)
    else:
        stored = await queries.for_agent(file_id, behalf.principal_id, behalf.items)
        await acting.record(behalf, did="link_file", on=("file", file_id))
    path = links.link(stored.id, to=Actor("resident", call.who), now=call.now)
    return Answer({**file_view(stored), "url": settings().base_url + path})


@routes.get(
    "/content/<token:str>",
    guard=Guard.OPEN,
    media=(*contents.PICTURES, contents.PDF),
    sends=("Content-Disposition", "Content-Security-Policy"),
    errors=(FileLinkExpired, FileNotFound, FileLost, FilesUnavailable),
    records=(Act.OPEN_FILE,),
    seconds=deadline.FILE_SECONDS,
)
async def open_file(call: Call[Nothing, NoQuery], token: str) -> Answer[bytes]:
    """Open the file a link was made for: the link itself is the right to."""
    stored, content = await queries.content_by_link(token, now=call.now)
    name = quote(names.of(stored), safe="")
    return Answer(
        content,
        media_type=stored.media_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": f"private, max-age={links.SECONDS}",
        },
    )
