"""getwxacodeunlimit."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.sandbox.calls import WeChat

PATH = "/wxa/getwxacodeunlimit"


async def picture(wechat: WeChat, **body: Any) -> bytes:
    query = {"access_token": await wechat.token()}
    answer = await wechat.raw("POST", PATH, params=query, json=body)
    assert answer.content_type == "image/png"
    return await answer.read()


async def test_the_answer_is_a_picture_of_the_width(wechat: WeChat) -> None:
    plain = Image.open(io.BytesIO(await picture(wechat, scene="c=1")))
    wide = Image.open(io.BytesIO(await picture(wechat, scene="c=1", width=1279)))
    plain.load()
    wide.load()

    assert (plain.format, plain.size, wide.size) == ("PNG", (430, 430), (1279, 1279))


async def test_each_scene_has_its_own_picture(wechat: WeChat) -> None:
    pictures = [await picture(wechat, scene=scene) for scene in ("a", "b", "a")]

    assert pictures[0] == pictures[2] != pictures[1]


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({}, 40169),
        ({"scene": ""}, 40169),
        ({"scene": "x" * 33}, 40169),
        ({"scene": "a%20"}, 40129),
        ({"scene": "编号"}, 40129),
        ({"scene": "scancode_time=1"}, 85096),
        ({"scene": "a", "env_version": "formal"}, 40097),
        ({"scene": "a", "page": "/pages/index/index"}, 41030),
        ({"scene": "a", "page": "pages/index/index?a=1"}, 41030),
        ({"scene": "a", "page": "pages/new"}, 41030),
        ({"scene": "a", "width": 100}, 40097),
        ({"scene": "a", "width": "430"}, 40097),
    ],
)
async def test_bad_arguments_are_refused(
    wechat: WeChat, body: dict[str, Any], errcode: int
) -> None:
    assert (await wechat.api(PATH, body))["errcode"] == errcode


async def test_an_unreleased_page_is_taken_without_the_check(wechat: WeChat) -> None:
    assert await picture(wechat, scene="a", page="pages/new", check_path=False)


async def test_an_error_may_claim_to_be_an_image(wechat: WeChat) -> None:
    await wechat.control("options", qrcode_error_type="image")

    answer = await wechat.raw("POST", PATH, data=b"{}")

    assert answer.content_type == "image/jpeg"
    assert (await answer.json(content_type=None))["errcode"] == 41001
