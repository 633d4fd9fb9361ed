"""The pages about the API: they answer, say every code, and take nothing from elsewhere."""

import re
from collections.abc import AsyncIterator

import pytest
from multidict import CIMultiDict

from backend.http.openapi.refusals import all_of
from backend.http.problems import status_of
from config.settings import Settings
from miniprogram_api import docs, frame, server
from tests.serving import Served, served

SPECS = [spec for group in server.GROUPS for spec in group.specs]
SCRIPTS = {f"/docs/script/{file.name}": file for file in frame.FOLDER.glob("*.js")}
FILES = {
    "/docs": "text/html; charset=utf-8",
    "/docs/problems": "text/html; charset=utf-8",
    "/docs/style.css": "text/css; charset=utf-8",
    **dict.fromkeys(SCRIPTS, "text/javascript; charset=utf-8"),
    "/openapi.json": "application/json; charset=utf-8",
}
SANDBOX = "http://127.0.0.1:8100"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'{sandbox}; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


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


@pytest.mark.parametrize("path", FILES)
async def test_what_the_browser_has_is_not_sent_again(api: Served, path: str) -> None:
    heard = await api.ask("GET", path)
    again = await api.ask("GET", path, **{"If-None-Match": CIMultiDict(heard.headers)["ETag"]})

    assert (again.status, again.body) == (304, None)


async def test_there_are_no_scripts_but_those_of_the_folder(api: Served) -> None:
    for name in ("nothing.js", "docs.html", "..%2Fdocs.py", "%2Fetc%2Fpasswd"):
        heard = await api.ask("GET", f"/docs/script/{name}")
        assert (heard.status, heard.code) == (404, "route_not_found"), name


async def test_nothing_runs_in_the_pages_but_their_own_scripts(api: Served) -> None:
    for path in ("/docs", "/docs/problems"):
        heard = await api.ask("GET", path)
        text = heard.body.decode()
        assert not re.search(r"<style|style=|\son\w+=|<script(?! type=\"module\" src=)", text)
    assert heard.headers["Content-Security-Policy"] == POLICY.format(sandbox="")


async def test_in_development_the_page_may_ask_the_sandbox_for_a_code(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docs, "settings", lambda: Settings(wechat_api_url=SANDBOX))

    heard = await api.ask("GET", "/docs")

    assert f'data-sandbox="{SANDBOX}"' in heard.body.decode()
    assert heard.headers["Content-Security-Policy"] == POLICY.format(sandbox=f" {SANDBOX}")


async def test_where_wechat_is_real_the_page_knows_no_sandbox(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Settings(wechat_appid="wx0123456789abcdef", wechat_api_url=SANDBOX)
    production = Settings(env="production", wechat_api_url=SANDBOX)

    for given in (real, production):
        monkeypatch.setattr(docs, "settings", lambda given=given: given)
        heard = await api.ask("GET", "/docs")
        assert 'data-sandbox=""' in heard.body.decode()
        assert heard.headers["Content-Security-Policy"] == POLICY.format(sandbox="")


def test_the_scripts_keep_tokens_for_this_tab_only_and_make_no_markup() -> None:
    assert SCRIPTS
    for file in SCRIPTS.values():
        text = file.read_text(encoding="utf-8")
        assert not re.search(
            r"localStorage|document\.cookie|indexedDB|innerHTML|outerHTML|insertAdjacent|\beval\b"
            r"|document\.write|console\.",
            text,
        ), file.name
    assert "sessionStorage" in SCRIPTS["/docs/script/session.js"].read_text(encoding="utf-8")


async def test_the_page_says_that_nobodys_identity_is_really_checked(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    played = (await api.ask("GET", "/docs")).body.decode()
    real = Settings(identity_url="https://identity.example.gov.cn", identity_token="t")
    monkeypatch.setattr(docs, "settings", lambda: real)
    checked = (await api.ask("GET", "/docs")).body.decode()

    assert docs.PLAYED in played
    assert docs.PLAYED not in checked


async def test_the_page_has_a_search_and_a_place_to_log_in(api: Served) -> None:
    text = (await api.ask("GET", "/docs")).body.decode()

    assert '<html lang="zh-CN">' in text
    assert re.search(r'<label for="search">[^<]*查找', text)
    assert 'type="search"' in text
    assert 'role="status"' in text
    assert "<noscript>" in text


@pytest.mark.parametrize("path", [path for path in FILES if path != "/openapi.json"])
async def test_no_page_takes_anything_from_elsewhere(api: Served, path: str) -> None:
    text = (await api.ask("GET", path)).body.decode()
    text = re.sub(r'data-sandbox="[^"]*"', "", text)

    assert not re.search(r"https?:|(?<!:)//\w|@import", text)
    for target in re.findall(r'(?:href|src)="([^"]*)"', text):
        assert target.startswith(("/docs", "/openapi.json", "data:,", "#")), target


async def test_every_code_an_endpoint_declares_has_its_place(api: Served) -> None:
    text = (await api.ask("GET", "/docs/problems")).body.decode()

    anchors = re.findall(r'id="(\w+)"', text)
    assert len(anchors) == len(set(anchors))
    assert set(anchors) == {refusal.code for refusal in all_of(SPECS)}
    assert 'href="/docs#submit_case">POST /api/v1/cases</a>' in text


async def test_each_status_is_told_in_chinese(api: Served) -> None:
    text = (await api.ask("GET", "/docs/problems")).body.decode()

    titles = re.findall(r"<h2>(\d{3}) (.+)</h2>", text)
    assert [int(status) for status, _ in titles] == sorted(
        {status_of(refusal) for refusal in all_of(SPECS)}
    )
    assert [title for _, title in titles if not re.search("[\u4e00-\u9fff]", title)] == []


async def test_a_problem_points_to_its_place(api: Served) -> None:
    heard = await api.ask("GET", "/no/such/path")

    page, _, anchor = heard.body["type"].partition("#")
    assert f'id="{anchor}"' in (await api.ask("GET", page)).body.decode()
