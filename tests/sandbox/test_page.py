"""The page that shows the phones: what stands on it, and what may run in it."""

import re

import pytest

from tests.sandbox.calls import WeChat

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types page"
)


@pytest.mark.parametrize("path", ["/", "/_control/", "/_control"])
async def test_the_page_shows_the_phones_without_running_what_they_hold(
    wechat: WeChat, path: str
) -> None:
    user = "<script>alert(1)</script>"
    await wechat.accept(user)
    await wechat.send(user)

    answer = await wechat.raw("GET", path)
    text = await answer.text()

    assert answer.content_type == "text/html"
    assert "居住证明" in text
    assert "<script>" not in text
    assert answer.headers["Content-Security-Policy"] == POLICY


async def test_style_and_script_are_files_of_their_own(wechat: WeChat) -> None:
    text = await (await wechat.raw("GET", "/_control")).text()

    targets = re.findall(r'<(?:link|script)[^>]*(?:href|src)="([^"]*)"', text)
    assert targets == ["data:,", "/_control/page.css", "/_control/page.js"]
    assert not re.search(r"<style|style=|\son\w+=", text)
    for target, media_type in ((targets[1], "text/css"), (targets[2], "text/javascript")):
        answer = await wechat.raw("GET", target)
        assert (answer.status, answer.content_type) == (200, media_type)
        assert not re.search(r"https?:|@import", await answer.text())


async def test_the_page_renews_its_parts_and_never_itself(wechat: WeChat) -> None:
    page = await (await wechat.raw("GET", "/_control")).text()
    script = await (await wechat.raw("GET", "/_control/page.js")).text()

    assert "http-equiv" not in page
    assert not re.search(r"\breload\(|location\s*=|location\.(assign|replace|href)", script)
    # Whoever reads may stop it, and hears of what is new.
    assert 'type="checkbox" id="live"' in page
    assert re.search(r'role="status"|aria-live="polite"', page)


async def test_each_phone_can_be_told_apart_and_scrolled_by_keyboard(wechat: WeChat) -> None:
    for user in ("zhang", "li"):
        await wechat.accept(user)
        await wechat.send(user)
    openids = {await wechat.openid(user) for user in ("zhang", "li")}

    page = await (await wechat.raw("GET", "/_control")).text()

    assert set(re.findall(r'<section id="([^"]+)"', page)) == openids
    assert page.count('<ul tabindex="0"') == 2


async def test_a_phone_without_messages_says_so(wechat: WeChat) -> None:
    await wechat.openid("zhang")

    assert "没有消息" in await (await wechat.raw("GET", "/_control")).text()
