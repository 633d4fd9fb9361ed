"""Secrets that anybody could guess or read, and settings that must not meet residents."""

import base64
import os
from pathlib import Path

import pytest

from config import exposure
from config.exposure import LONGEST_RUN, guessable
from config.published import (
    DEV_DATA_KEYS,
    DEV_SECRET_KEYS,
    SANDBOX_APPID,
    SANDBOX_PUSH_AES_KEY,
)
from config.settings import Settings
from tests.config.reading import read

RANDOM = b"kQ7v-Zr2_mX9tW4c"


@pytest.mark.parametrize(
    ("secret", "weak"),
    [
        (RANDOM, False),
        (b"8f1c04a9be7d3562f0e1d9c8b7a65443", False),
        # Few different bytes: seven are too few, eight are enough.
        (b"abcdefgabdgceafb", True),
        (b"habdfcgaehbgfdce", False),
        # It counts up, or down.
        (bytes(range(32)), True),
        (bytes(range(64, 32, -1)), True),
        (b"abcdefghijklmnopqrstuvwxyz012345", True),
        # A run that comes again, and one that is a byte shorter.
        (b"kQ7vZr2m" + b"xY" + b"kQ7vZr2m", True),
        (b"kQ7vZr2" + b"xY" + b"kQ7vZr2" + b"Lp", False),
        # Words that say that it is to be changed.
        (b"please-change-me-9Q", True),
        (b"ReplaceThis_4kQ7vZr2", True),
        (b"my PLACEHOLDER 8Zr2q", True),
        (b"exchange-4kQ7vZr2-mQ", False),
        (b"", True),
    ],
)
def test_a_secret_is_guessed_where_no_random_one_is_like_it(secret: bytes, *, weak: bool) -> None:
    assert guessable(secret) is weak
    assert LONGEST_RUN == 8


def test_hardly_a_random_secret_is_taken_for_a_guessed_one() -> None:
    assert not any(guessable(os.urandom(32)) for _ in range(200))
    assert not any(guessable(base64.b64encode(os.urandom(24))) for _ in range(200))


@pytest.fixture
def fine(production: dict[str, str]) -> Settings:
    """Settings that may meet residents."""
    return read(production)


def told(given: Settings) -> list[str]:
    found = list(exposure.exposures(given))
    assert all(each.startswith("YIKOU_") and " / " in each for each in found)
    return [each.split(" ")[0].removeprefix("YIKOU_") for each in found]


def test_settings_of_ones_own_are_not_told(fine: Settings) -> None:
    assert told(fine) == []


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"secret_keys": DEV_SECRET_KEYS}, ["SECRET_KEYS"]),
        ({"data_keys": DEV_DATA_KEYS}, ["DATA_KEYS"]),
        ({"secret_keys": "k1:" + "change-me-" * 4}, ["SECRET_KEYS"]),
        # A key of bytes that read as text was typed.
        (
            {
                "data_keys": "1:aes:"
                + base64.b64encode(b"Tr0ub4dor&3-horse-staple-battery").decode()
            },
            ["DATA_KEYS"],
        ),
        ({"wechat_appid": SANDBOX_APPID}, ["WECHAT_APPID"]),
        ({"wechat_appid": "wx" + "0" * 16}, ["WECHAT_APPID"]),
        ({"wechat_api_url": "http://api.weixin.qq.com"}, ["WECHAT_API_URL"]),
        ({"wechat_api_url": "https://127.0.0.1"}, ["WECHAT_API_URL"]),
        ({"wechat_secret": ""}, ["WECHAT_SECRET"]),
        ({"wechat_secret": "8f1c04a9be7d3562f0e1d9c8b7a6544"}, ["WECHAT_SECRET"]),
        ({"wechat_secret": "0123456789abcdef" * 2}, ["WECHAT_SECRET"]),
        ({"wechat_push_token": "pR7kQ2mX9vT4wZ8"}, ["WECHAT_PUSH_TOKEN"]),
        ({"wechat_push_mode": "plain"}, ["WECHAT_PUSH_MODE"]),
        ({"wechat_push_mode": "compatible"}, []),
        ({"wechat_push_aes_key": ""}, ["WECHAT_PUSH_AES_KEY"]),
        ({"wechat_push_aes_key": SANDBOX_PUSH_AES_KEY}, ["WECHAT_PUSH_AES_KEY"]),
        ({"wechat_templates_file": ""}, ["WECHAT_TEMPLATES_FILE"]),
        ({"wechat_templates_file": "/no/such/file"}, ["WECHAT_TEMPLATES_FILE"]),
        (
            {"identity_url": "http://identity.example", "identity_token": RANDOM.decode()},
            ["IDENTITY_URL"],
        ),
        ({"identity_url": "http://127.0.0.1:9000", "identity_token": RANDOM.decode()}, []),
        (
            {"identity_url": "https://identity.example", "identity_token": "short"},
            ["IDENTITY_TOKEN"],
        ),
        # That it lacks its token is told of the two together.
        ({"identity_token": ""}, []),
        ({"public_url": "http://yikou.example.gov.cn"}, ["PUBLIC_URL"]),
        ({"public_url": ""}, ["PUBLIC_URL"]),
        ({"public_url": "https://localhost"}, ["PUBLIC_URL"]),
        ({"public_url": "https://yikou"}, ["PUBLIC_URL"]),
        ({"rate_limits": False}, ["RATE_LIMITS"]),
    ],
)
def test_each_reason_not_to_start_is_one_sentence(
    fine: Settings, changes: dict[str, object], names: list[str]
) -> None:
    assert told(fine.model_copy(update=changes)) == names


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_templates_of_the_sandbox_are_nobodys_own(fine: Settings, quote: str) -> None:
    text = f"- name: case_progress\n  id: {quote}TPL_CASE_PROGRESS_sandbox_0001"
    Path(fine.wechat_templates_file).write_text(text, encoding="utf-8")

    assert told(fine) == ["WECHAT_TEMPLATES_FILE"]


def test_of_several_keys_the_weak_one_is_named_and_none_is_quoted(fine: Settings) -> None:
    weak = "k0:" + "ab" * 20
    both = {"secret_keys": f"{fine.secret_keys},{weak}"}
    found = list(exposure.exposures(fine.model_copy(update=both)))

    assert len(found) == 1
    assert "密钥 k0 容易猜到" in found[0]
    assert "key k0 is easy to guess" in found[0]
    assert "abab" not in found[0]


def test_a_public_key_within_a_longer_one_is_public(fine: Settings) -> None:
    own = f"k1:{SANDBOX_PUSH_AES_KEY}-and-more-of-our-own"

    [found] = exposure.exposures(fine.model_copy(update={"secret_keys": own}))
    assert "stands in Yikou's public source" in found
