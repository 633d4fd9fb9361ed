"""Settings come from the environment, and what is wrong is said in one sentence."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from config.settings import PREFIX, SANDBOX_APPID, Settings, SettingsError, read

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "YIKOU_ENV": "production",
    "YIKOU_SECRET_KEYS": "k1:something-secret-enough-for-everybody",
    "YIKOU_DATA_KEYS": "1:aes:c29tZXRoaW5nLXNlY3JldC1lbm91Z2gtMzItYnl0ZXM=",
    "YIKOU_WECHAT_APPID": "wx1234567890abcdef",
    "YIKOU_WECHAT_SECRET": "0123456789abcdef0123456789abcdef",
    "YIKOU_WECHAT_PUSH_TOKEN": "token",
    "YIKOU_WECHAT_PUSH_AES_KEY": "x" * 43,
    "YIKOU_WECHAT_TEMPLATES_FILE": "/etc/yikou/templates.yaml",
}


def test_nothing_set_is_a_development_system_with_the_sandbox() -> None:
    given = read({})
    assert given.uses_sandbox
    assert given.wechat_appid == SANDBOX_APPID
    assert given.wechat_api_url == "http://127.0.0.1:8100"


def test_a_full_production_environment_is_taken() -> None:
    assert not read(PRODUCTION).uses_sandbox


@pytest.mark.parametrize(
    "missing", sorted(PRODUCTION.keys() - {"YIKOU_ENV", "YIKOU_WECHAT_PUSH_AES_KEY"})
)
def test_production_refuses_to_start_without(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        read({name: value for name, value in PRODUCTION.items() if name != missing})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YIKOU_PORT", "-1"),
        ("YIKOU_PORT", "http"),
        ("YIKOU_RATE_LIMITS", "maybe"),
        ("YIKOU_ENV", "staging"),
        ("YIKOU_WECHAT_PUSH_MODE", "clear"),
    ],
)
def test_an_unusable_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read({name: value})


def test_the_example_lists_every_setting_with_a_comment_and_its_default() -> None:
    text = (ROOT / ".env.example").read_text()
    listed = dict(re.findall(rf"^{PREFIX}(\w+)=(.*)$", text, re.MULTILINE))
    assert set(listed) == {field.name.upper() for field in fields(Settings)}
    for block in text.split("\n\n"):
        assert block.startswith("# "), block
    assert read({"YIKOU_" + n: v for n, v in listed.items() if n != "ENV"}) == read({})
