"""Checking a paper by its code, without logging in: what it is, and whether it counts."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from backend.http import headers
from backend.http.answers import Answer
from backend.http.body import Query
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.http.views import papers as views
from backend.http.views.papers import Validity
from backend.papers import composing, queries
from backend.papers.content import chinese
from backend.papers.record import Issued
from backend.papers.refusals import PaperCodeUnknown
from config.clock import city_day
from miniprogram_api import verify_page
from models import PaperKind

routes = Routes(
    "verify", prefix=composing.PATH, guard=Guard.OPEN, unrecorded="says nothing of anybody"
)

HTML = "text/html; charset=utf-8"
SENDS = ("Content-Security-Policy", "Vary")


class CheckCode(Query):
    """The code as somebody typed it."""

    code: Annotated[str, Field(max_length=100)] = ""


class CheckedPaper(TypedDict):
    """What is said of a paper to anybody who holds it; nothing of whom it is about.

    `dated` is the day on the paper, `sha256` that of the PDF, once it was drawn.
    """

    kind: PaperKind
    title: str
    number: str
    issuer: str
    dated: date
    validity: Validity
    revoked_on: date | None
    sha256: str | None


@routes.get(
    "",
    query=CheckCode,
    limit=Limit.CHECK,
    media=("text/html",),
    sends=SENDS,
    also=(404,),
    errors=(PaperCodeUnknown,),
)
async def check_typed_paper(call: Call[Nothing, CheckCode]) -> Answer[CheckedPaper]:
    """The page to type a paper's code into, and what is said of that paper."""
    if not call.query.code and _wants_page(call):
        return _page()
    return await _checked(call, call.query.code)


@routes.get(
    "/<code:str>",
    limit=Limit.CHECK,
    media=("text/html",),
    sends=SENDS,
    also=(404,),
    errors=(PaperCodeUnknown,),
)
async def check_paper(call: Call[Nothing, NoQuery], code: str) -> Answer[CheckedPaper]:
    """What is said of the paper with this code, to whoever holds it; a page where one is wanted."""
    return await _checked(call, code)


async def _checked(call: Call[Any, Any], code: str) -> Answer[CheckedPaper]:
    try:
        paper = await queries.by_code(code)
    except PaperCodeUnknown as unknown:
        if not _wants_page(call):
            raise
        return _page(verify_page.note("unknown", "没有查到", unknown.detail), code=code, status=404)
    if _wants_page(call):
        return _page(_section(paper))
    return Answer(_view(paper), headers={"Vary": "Accept"})


def _wants_page(call: Call[Any, Any]) -> bool:
    return "text/html" in (headers.value(call.request, "accept") or "")


def _page(result: str = "", *, code: str = "", status: int = 200) -> Answer[CheckedPaper]:
    return Answer(
        verify_page.page(result, code=code),
        status,
        media_type=HTML,
        headers={"Content-Security-Policy": verify_page.policy(), "Vary": "Accept"},
    )


def _section(paper: Issued) -> str:
    view = _view(paper)
    facts = [
        ("文书名称", view["title"]),
        ("文号", view["number"]),
        ("出具单位", view["issuer"]),
        ("文书日期", chinese(view["dated"])),
    ]
    if view["revoked_on"]:
        facts.append(("撤销日期", chinese(view["revoked_on"])))
        return verify_page.section("revoked", "本文书已撤销，不再有效", facts=facts)
    digest = view["sha256"] or ""
    return verify_page.section("valid", "本文书由本系统出具，现在有效", facts=facts, digest=digest)


def _view(paper: Issued) -> CheckedPaper:
    year, month, day = paper.content["day"]
    return {
        "kind": paper.kind,
        "title": paper.title,
        "number": paper.number,
        "issuer": paper.content["issuer"],
        "dated": date(year, month, day),
        "validity": views.validity(paper),
        "revoked_on": city_day(paper.revoked_at) if paper.revoked_at else None,
        "sha256": paper.sha256,
    }
