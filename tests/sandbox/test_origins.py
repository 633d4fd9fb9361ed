"""Which pages in a browser may read a code: those of the server that the pushes go to."""

import pytest

from sandbox.origins import admitted
from tests.sandbox.calls import WeChat

PUSH_URL = "http://127.0.0.1:8000/wechat/push"


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"]
)
def test_the_server_is_known_by_each_name_of_this_machine(origin: str) -> None:
    assert admitted(origin, PUSH_URL)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:8001",
        "https://127.0.0.1:8000",
        "http://127.0.0.1:8000.example",
        "http://example:8000",
        "http://127.0.0.1:x",
        "http://[",
    ],
)
def test_anybody_else_is_not_admitted(origin: str) -> None:
    assert not admitted(origin, PUSH_URL)


def test_a_server_elsewhere_is_known_by_its_own_name_only() -> None:
    assert admitted("https://yikou.example", "https://yikou.example/wechat/push")
    assert not admitted("http://localhost", "https://yikou.example/wechat/push")


async def test_the_servers_page_reads_a_code_and_another_page_does_not(wechat: WeChat) -> None:
    ours = (await wechat.shown("options"))["items"]
    push_url = next(item["value"] for item in ours if item["name"] == "push_url")
    origin = push_url.removesuffix("/wechat/push")

    for name, told in ((origin, origin), ("http://example", None)):
        # Sent as plain text, so that a browser asks without asking first.
        headers = {"Content-Type": "text/plain", "Origin": name}
        answer = await wechat.raw(
            "POST", "/_control/codes", data='{"user": "zhang"}', headers=headers
        )
        assert answer.status == 200
        assert answer.headers.get("Access-Control-Allow-Origin") == told
        assert answer.headers["Vary"] == "Origin"


async def test_nothing_else_of_the_sandbox_can_be_read_by_a_page(wechat: WeChat) -> None:
    options = (await wechat.shown("options"))["items"]
    push_url = next(item["value"] for item in options if item["name"] == "push_url")

    answer = await wechat.raw(
        "GET", "/_control/users", headers={"Origin": push_url.removesuffix("/wechat/push")}
    )

    assert "Access-Control-Allow-Origin" not in answer.headers
