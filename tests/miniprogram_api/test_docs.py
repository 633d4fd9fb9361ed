"""The pages about the API: they answer, say every code, and take nothing from elsewhere."""

import ast
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend.errors import ServiceError
from backend.http.problems import FRAMEWORK, STATUS
from miniprogram_api import docs, problem_page, server
from tests.serving import Served, served

ROOT = Path(__file__).parents[2]
SPECS = [spec for group in server.GROUPS for spec in group.specs]
FILES = {
    "/docs": "text/html; charset=utf-8",
    "/docs/problems": "text/html; charset=utf-8",
    "/docs/style.css": "text/css; charset=utf-8",
    "/docs/script.js": "text/javascript; charset=utf-8",
    "/openapi.json": "application/json; charset=utf-8",
}


@pytest.fixture(scope="module")
async def api() -> AsyncIterator[Served]:
    docs.describe(SPECS)
    async with served([docs.routes]) as api:
        yield api


@pytest.mark.parametrize("path", FILES)
async def test_each_page_answers(api: Served, path: str) -> None:
    heard = await api.ask("GET", path)

    assert heard.status == 200
    assert heard.headers["Content-Type"] == FILES[path]
    if "html" in FILES[path]:
        assert "default-src 'none'" in heard.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", [path for path in FILES if path != "/openapi.json"])
async def test_no_page_takes_anything_from_elsewhere(api: Served, path: str) -> None:
    text = (await api.ask("GET", path)).body.decode()

    assert not re.search(r"https?:|//\w|@import", text)
    for target in re.findall(r'(?:href|src)="([^"]*)"', text):
        assert target.startswith(("/docs", "/openapi.json", "data:,")), target


async def test_every_code_an_endpoint_declares_has_its_place(api: Served) -> None:
    text = (await api.ask("GET", "/docs/problems")).body.decode()

    anchors = re.findall(r'id="(\w+)"', text)
    assert len(anchors) == len(set(anchors))
    assert {code for spec in SPECS for code in spec.errors} <= set(anchors)
    assert 'href="/docs#submit_case">POST /api/v1/cases</a>' in text


async def test_a_problem_points_to_its_place(api: Served) -> None:
    heard = await api.ask("GET", "/no/such/path")

    page, _, anchor = heard.body["type"].partition("#")
    assert f'id="{anchor}"' in (await api.ask("GET", page)).body.decode()


def test_every_code_the_server_gives_is_explained_under_its_status() -> None:
    told = {(code, status) for status, codes in problem_page.words().items() for code in codes}
    kinds = {kind.__name__: kind for kind in _kinds(ServiceError)}
    given = {(kind.code, STATUS[kind.kind]) for kind in kinds.values()}
    given |= {(code, status) for status, (code, _) in FRAMEWORK.items()}
    given |= {(code, STATUS[kinds[kind].kind]) for kind, code in _raised() if kind in kinds}
    assert given <= told


def _kinds(top: type[ServiceError]) -> Iterator[type[ServiceError]]:
    yield top
    for below in top.__subclasses__():
        yield from _kinds(below)


def _raised() -> Iterator[tuple[str, str]]:
    """The class and code wherever the source makes an error with a code written out."""
    for package in ("backend", "miniprogram_api"):
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    for given in node.keywords:
                        if given.arg == "code" and isinstance(given.value, ast.Constant):
                            yield node.func.id, str(given.value.value)
