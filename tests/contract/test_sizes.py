"""What is too large, or no file that we take, is refused and changes nothing."""

from io import BytesIO

import pytest
from aiohttp import ClientSession, FormData

from sandbox.handed_in import photo
from tests.contract.asking import Heard
from tests.contract.rows import state
from tests.contract.scene import CASES
from tests.live import Live
from tests.people import Person, person


@pytest.fixture(scope="module")
async def owner(live: Live, http: ClientSession) -> Person:
    owner = person(live, http)
    await owner.register()
    return owner


async def test_files_are_refused_by_size_and_content(
    owner: Person, live: Live, http: ClientSession
) -> None:
    before = await state(live)
    refusals = {
        "large.jpg": (photo("white") + b"\x00" * 10_485_760, 413, "file_too_large"),
        "huge.jpg": (photo("white") + b"\x00" * 20_971_520, 413, "file_too_large"),
        "page.jpg": (b"<html><script>alert(1)</script>", 415, "file_type_refused"),
        "run.pdf": (b"MZ" + b"\x00" * 200, 415, "file_type_refused"),
        "empty.jpg": (b"", 415, "file_type_refused"),
    }
    for name, (content, status, code) in refusals.items():
        heard = await uploaded(owner, live, http, name=name, content=content)
        assert (heard.status, heard.code) == (status, code), name
    assert await state(live) == before


async def test_a_body_beyond_measure_is_refused_before_it_is_sent(
    owner: Person, live: Live, http: ClientSession
) -> None:
    headers = {"Authorization": f"Bearer {owner.token}"}
    body = BytesIO(b" " * 33_554_433)
    async with http.post(
        f"{live.api}{CASES}", data=body, headers=headers, expect100=True
    ) as response:
        assert (response.status, (await response.json())["code"]) == (413, "body_too_large")


async def uploaded(
    owner: Person, live: Live, http: ClientSession, *, name: str, content: bytes
) -> Heard:
    """Upload it as an image, whatever it is."""
    form = FormData()
    form.add_field("file", BytesIO(content), filename=name, content_type="image/jpeg")
    headers = {"Authorization": f"Bearer {owner.token}"}
    async with http.post(f"{live.api}/api/v1/files", data=form, headers=headers) as response:
        return Heard(response.status, await response.json(content_type=None), {})
