"""The API's own description: OpenAPI 3.1, and pages to read and try it; nothing from elsewhere."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import orjson

from backend.http import openapi
from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes, Spec
from config.release import RELEASE
from config.settings import settings
from miniprogram_api import problem_page

routes = Routes("docs", prefix="", guard=Guard.OPEN, unrecorded="says nothing of anybody")
PAGE, STYLE, SCRIPT = (Path(__file__).with_name(f"docs.{kind}") for kind in ("html", "css", "js"))
# The page holds tokens: nothing but our own files may run in it or hear from it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_described: list[Spec] = []


def describe(specs: Sequence[Spec]) -> None:
    """Say which endpoints the description covers."""
    _described[:] = specs
    _document.cache_clear()
    _problems.cache_clear()


@routes.get("/openapi.json")
async def openapi_json(_call: Call[Nothing, NoQuery]) -> Answer:
    """The OpenAPI 3.1 document of this server."""
    return Answer(_document())


@routes.get("/docs")
async def docs_page(_call: Call[Nothing, NoQuery]) -> Answer:
    """A page to read and try the API."""
    return _html(_read(PAGE))


@routes.get("/docs/problems")
async def problems_page(_call: Call[Nothing, NoQuery]) -> Answer:
    """What each problem's code means; a problem's `type` points here."""
    return _html(_problems())


@routes.get("/docs/style.css")
async def docs_style(_call: Call[Nothing, NoQuery]) -> Answer:
    """The look of these pages."""
    return Answer(_read(STYLE), media_type="text/css; charset=utf-8")


@routes.get("/docs/script.js")
async def docs_script(_call: Call[Nothing, NoQuery]) -> Answer:
    """What the page to try the API does."""
    return Answer(_read(SCRIPT), media_type="text/javascript; charset=utf-8")


def _html(page: bytes) -> Answer:
    headers = {"Content-Security-Policy": POLICY}
    return Answer(page, media_type="text/html; charset=utf-8", headers=headers)


@cache
def _document() -> bytes:
    return orjson.dumps(openapi.document(_described, version=RELEASE, server=settings().base_url))


@cache
def _problems() -> bytes:
    return problem_page.page(_described)


@cache
def _read(file: Path) -> bytes:
    return file.read_bytes()
