from collections.abc import AsyncIterator
from hashlib import sha256
from io import BytesIO
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from aiohttp import FormData

from backend.files.contents import FILE_BYTES
from backend.identity import sessions
from config import clock
from miniprogram_api.endpoints import files, own_files
from models import Audience, StoredFile
from tests.backend.files.pictures import PDF, REFUSED, SECRET, a_picture
from tests.backend.identity.factories import a_resident
from tests.serving import Heard, Served, served

FILES = "/api/v1/files"
PAPERS = "/api/v1/me/files"


@pytest.fixture
async def api(database: None) -> AsyncIterator[Served]:
    async with served([files.routes, own_files.routes]) as api:
        yield api


async def a_token() -> str:
    resident = await a_resident()
    return (await sessions.start(Audience.RESIDENT, resident.id, now=clock.now())).access_token


async def upload(
    api: Served, content: bytes, *, token: str, name: str = "a.jpg", field: str = "file"
) -> Heard:
    form = FormData(quote_fields=False)
    form.add_field(field, BytesIO(content), filename=name)
    return await api.ask("POST", FILES, form, token=token)


async def test_a_file_is_uploaded_shown_and_opened(api: Served) -> None:
    token = await a_token()
    sent = await upload(api, a_picture(), token=token, name="身份证 正面.jpg")
    assert sent.status == 201
    assert sent.body.keys() == {"id", "name", "media_type", "size", "sha256"}
    assert (sent.body["name"], sent.body["media_type"]) == ("身份证 正面.jpg", "image/jpeg")

    shown = await api.ask("GET", f"{FILES}/{sent.body['id']}", token=token)
    url = shown.body.pop("url")
    assert (shown.status, shown.body) == (200, sent.body)

    opened = await api.ask("GET", urlsplit(url).path)
    assert opened.status == 200
    assert len(opened.body) == sent.body["size"]
    assert sha256(opened.body).hexdigest() == sent.body["sha256"]
    assert SECRET not in opened.body
    assert opened.headers["Content-Type"] == "image/jpeg"
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Cache-Control"] == "private, max-age=300"
    assert opened.headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''%E8%BA%AB%E4%BB%BD%E8%AF%81%20%E6%AD%A3%E9%9D%A2.jpg"
    )


async def test_anothers_file_does_not_exist_for_me(api: Served) -> None:
    sent = await upload(api, PDF, token=await a_token())

    for file_id in (sent.body["id"], uuid4()):
        heard = await api.ask("GET", f"{FILES}/{file_id}", token=await a_token())
        assert (heard.status, heard.code) == (404, "file_not_found")


async def test_no_upload_and_no_look_without_saying_who(api: Served) -> None:
    assert (await upload(api, PDF, token="")).status == 401
    assert (await api.ask("GET", f"{FILES}/{uuid4()}")).status == 401


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "e30.e30."])
async def test_a_made_up_link_opens_nothing(api: Served, token: str) -> None:
    heard = await api.ask("GET", f"{FILES}/content/{token}")

    assert (heard.status, heard.code) == (404, "file_link_expired")


@pytest.mark.parametrize("kind", REFUSED)
async def test_what_is_neither_picture_nor_pdf_is_refused(api: Served, kind: str) -> None:
    heard = await upload(api, REFUSED[kind], token=await a_token(), name="身份证.jpg")

    assert (heard.status, heard.code) == (415, "file_type_refused")
    assert await StoredFile.all().count() == 0


@pytest.mark.parametrize("size", [FILE_BYTES + 1, FILE_BYTES + 900_000, 3 * FILE_BYTES])
async def test_a_file_too_large_is_refused(api: Served, size: int) -> None:
    heard = await upload(api, PDF + bytes(size - len(PDF)), token=await a_token())

    assert (heard.status, heard.code) == (413, "file_too_large")


async def test_the_largest_file_is_taken(api: Served) -> None:
    sent = await upload(api, PDF + bytes(FILE_BYTES - len(PDF)), token=await a_token())

    assert sent.status == 201


async def test_an_upload_without_the_field_is_refused(api: Served) -> None:
    token = await a_token()
    for heard in (
        await upload(api, PDF, token=token, field="document"),
        await api.ask("POST", FILES, {"file": "x"}, token=token),
        await api.ask("POST", FILES, token=token),
    ):
        assert (heard.status, heard.code) == (422, "file_missing")


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
async def test_a_form_that_is_none_is_refused(api: Served, kind: str) -> None:
    token = await a_token()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    async with api.http.post(api.url + FILES, data=b"--y\r\nnot a form", headers=headers) as answer:
        assert answer.status == 422
        assert (await answer.json(content_type=None))["code"] == "file_missing"


async def test_my_papers_are_listed_in_pages_newest_first(api: Served) -> None:
    token = await a_token()
    sent = [await upload(api, a_picture(size=(9, 9 + n)), token=token) for n in range(3)]

    first = await api.ask("GET", f"{PAPERS}?limit=2", token=token)
    rest = await api.ask("GET", f"{PAPERS}?cursor={first.body['next_cursor']}", token=token)

    assert [paper["id"] for paper in first.body["items"]] == [
        sent[2].body["id"],
        sent[1].body["id"],
    ]
    assert first.body["items"][0].items() > sent[2].body.items()
    assert first.body["items"][0]["used"] == []
    assert [paper["id"] for paper in rest.body["items"]] == [sent[0].body["id"]]
    assert rest.body["next_cursor"] is None
    assert (await api.ask("GET", PAPERS, token=await a_token())).body["items"] == []


@pytest.mark.parametrize(
    "asked", ["limit=0", "limit=101", "limit=x", "material=", f"material={'x' * 65}", "page=2"]
)
async def test_a_bad_question_for_papers_is_refused(api: Served, asked: str) -> None:
    heard = await api.ask("GET", f"{PAPERS}?{asked}", token=await a_token())

    assert (heard.status, heard.code) == (422, "query_invalid")


async def test_a_forged_cursor_of_papers_is_refused_and_so_is_nobody(api: Served) -> None:
    heard = await api.ask("GET", f"{PAPERS}?cursor=abc", token=await a_token())

    assert (heard.status, heard.code) == (422, "cursor_invalid")
    assert (await api.ask("GET", PAPERS)).status == 401
