"""The API's own description: OpenAPI 3.1, and pages to read and try it; nothing from elsewhere."""

import asyncio
from collections.abc import Sequence
from functools import cache
from html import escape

import orjson

from backend.http import openapi
from backend.http.answers import JSON, Answer, variant
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.refusals import RouteNotFound
from backend.http.routes import Routes
from backend.http.spec import Spec
from config.release import RELEASE
from config.settings import Settings, settings
from miniprogram_api import frame, problem_page

routes = Routes(
    "docs", prefix="", guard=Guard.OPEN, unrecorded="says nothing of anybody", waits=False
)
PAGE = ("text/html",)
# Making the document is work of a second, and of many where the machine is busy.
MAKING_SECONDS = 30.0
POLICY_HEADER = "Content-Security-Policy"
# The page holds tokens: nothing but our own files may run in it or hear from it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'{sandbox}; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PLAYED = "<p><strong>身份核验由沙箱扮演，不查真实身份。</strong></p>"
_described: list[Spec] = []


def describe(specs: Sequence[Spec]) -> None:
    """Say which endpoints the description covers."""
    _described[:] = specs
    _document.cache_clear()
    _problems.cache_clear()


@routes.get("/openapi.json", media=("application/json",), etag=True, seconds=MAKING_SECONDS)
async def openapi_json(_call: Call[Nothing, NoQuery]) -> Answer[bytes]:
    """The OpenAPI 3.1 document of this server."""
    # Made at the first question, which takes long enough for others to notice.
    return _kept(await asyncio.to_thread(_document), JSON)


@routes.get("/docs", media=PAGE, sends=(POLICY_HEADER,), etag=True)
async def docs_page(_call: Call[Nothing, NoQuery]) -> Answer[bytes]:
    """A page to read and try the API."""
    given = settings()
    sandbox = _sandbox(given)
    note = PLAYED if given.sandbox_confirms else ""
    page = frame.page("docs", title="接口说明", sandbox=escape(sandbox), identity=note)
    return _html(page, sandbox)


@routes.get("/docs/problems", media=PAGE, sends=(POLICY_HEADER,), etag=True)
async def problems_page(_call: Call[Nothing, NoQuery]) -> Answer[bytes]:
    """What each problem's code means; a problem's `type` points here."""
    return _html(_problems())


@routes.get("/docs/style.css", media=("text/css",), etag=True)
async def docs_style(_call: Call[Nothing, NoQuery]) -> Answer[bytes]:
    """The look of these pages."""
    return _kept(_read("style.css"), "text/css; charset=utf-8")


@routes.get("/docs/script/<name:str>", media=("text/javascript",), etag=True)
async def docs_script(_call: Call[Nothing, NoQuery], name: str) -> Answer[bytes]:
    """What the page to try the API does, one file of it."""
    if name not in _scripts():
        raise RouteNotFound
    return _kept(_read(name), "text/javascript; charset=utf-8")


def _html(page: bytes, sandbox: str = "") -> Answer[bytes]:
    answer = _kept(page, "text/html; charset=utf-8")
    asked = f" {sandbox}" if sandbox else ""
    answer.headers[POLICY_HEADER] = POLICY.format(sandbox=asked)
    return answer


def _kept(content: bytes, media_type: str) -> Answer[bytes]:
    """An answer that the browser keeps, and asks each time whether it has changed."""
    return Answer(content, version=0, variant=variant(content), media_type=media_type)


def _sandbox(given: Settings) -> str:
    """Where the page may ask for a login code; nowhere unless WeChat is only played."""
    return given.wechat_api_url.rstrip("/") if given.development and given.uses_sandbox else ""


@cache
def _document() -> bytes:
    return orjson.dumps(openapi.document(_described, version=RELEASE, server=settings().base_url))


@cache
def _problems() -> bytes:
    return problem_page.page(_described)


@cache
def _scripts() -> frozenset[str]:
    return frozenset(file.name for file in frame.FOLDER.glob("*.js"))


@cache
def _read(name: str) -> bytes:
    return (frame.FOLDER / name).read_bytes()
