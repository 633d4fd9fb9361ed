"""Secrets that anybody could guess or read, and settings that must not meet residents."""

import base64
import os
from dataclasses import dataclass, field
from dataclasses import replace as but
from pathlib import Path

import pytest

from config import exposure
from config.exposure import LONGEST_RUN, guessable
from config.published import (
    DEV_DATA_KEYS,
    DEV_SECRET_KEYS,
    SANDBOX_PUSH_AES_KEY,
)

RANDOM = b"kQ7v-Zr2_mX9tW4c"
KEY = base64.b64encode(
    bytes.fromhex("9f3ac77be1042d58b6f3187ae59c40d201fe6b8837c5a94e72d0b318ec65fa21")
)


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


@dataclass(frozen=True)
class Given:
    """Settings that may meet residents."""

    wechat_templates_file: str
    secret_keys: str = f"k1:{RANDOM.decode() * 2}"[:-1] + "Yp8"
    data_keys: str = f"1:aes:{KEY.decode()}"
    public_url: str = "https://yikou.example.gov.cn"
    wechat_api_url: str = ""
    wechat_appid: str = "wx1234567890abcdef"
    wechat_secret: str = "8f1c04a9be7d3562f0e1d9c8b7a65443"
    wechat_push_token: str = "pR7kQ2mX9vT4wZ8c"
    wechat_push_aes_key: str = "q8Vf3LxZ0tRm5Nw1YbKc7Hj2Pd9Gs4AeUi6To0Xy1BM"
    identity_url: str = ""
    identity_token: str = ""
    rate_limits: bool = True
    model_fields_set: set[str] = field(default_factory=lambda: {"secret_keys", "data_keys"})
    wechat_push_mode: str = "safe"
    uses_sandbox: bool = False


@pytest.fixture
def fine(tmp_path: Path) -> Given:
    file = tmp_path / "templates.yaml"
    file.write_text("- name: case_progress\n  id: 8sYdv3mXHc0q\n", encoding="utf-8")
    secret = (
        "k1:" + base64.b64encode(bytes.fromhex("c19e04b7d28a63f5107bc84e92d63af5a1b2")).decode()
    )
    return Given(str(file), secret_keys=f"{secret}Zq7wLm2x")


def told(given: Given) -> list[str]:
    found = list(exposure.exposures(given))  # type: ignore[arg-type]  # frozen
    assert all(each.startswith("YIKOU_") and " / " in each for each in found)
    return [each.split(" ")[0].removeprefix("YIKOU_") for each in found]


def test_settings_of_ones_own_are_not_told(fine: Given) -> None:
    assert told(fine) == []


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"model_fields_set": {"data_keys"}}, ["SECRET_KEYS"]),
        ({"model_fields_set": set()}, ["DATA_KEYS", "SECRET_KEYS"]),
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
        ({"uses_sandbox": True}, ["WECHAT_APPID"]),
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
        ({"identity_url": "https://identity.example"}, []),
        ({"public_url": "http://yikou.example.gov.cn"}, ["PUBLIC_URL"]),
        ({"public_url": ""}, ["PUBLIC_URL"]),
        ({"public_url": "https://localhost"}, ["PUBLIC_URL"]),
        ({"public_url": "https://yikou"}, ["PUBLIC_URL"]),
        ({"rate_limits": False}, ["RATE_LIMITS"]),
    ],
)
def test_each_reason_not_to_start_is_one_sentence(
    fine: Given, changes: dict[str, object], names: list[str]
) -> None:
    assert told(but(fine, **changes)) == names  # type: ignore[arg-type]


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_templates_of_the_sandbox_are_nobodys_own(fine: Given, quote: str) -> None:
    text = f"- name: case_progress\n  id: {quote}TPL_CASE_PROGRESS_sandbox_0001"
    Path(fine.wechat_templates_file).write_text(text, encoding="utf-8")

    assert told(fine) == ["WECHAT_TEMPLATES_FILE"]


def test_of_several_keys_the_weak_one_is_named_and_none_is_quoted(fine: Given) -> None:
    weak = "k0:" + "ab" * 20
    found = list(exposure.exposures(but(fine, secret_keys=f"{fine.secret_keys},{weak}")))  # type: ignore[arg-type]

    assert len(found) == 1
    assert "密钥 k0 容易猜到" in found[0]
    assert "key k0 is easy to guess" in found[0]
    assert "abab" not in found[0]


def test_a_public_key_within_a_longer_one_is_public(fine: Given) -> None:
    own = f"k1:{SANDBOX_PUSH_AES_KEY}-and-more-of-our-own"

    [found] = exposure.exposures(but(fine, secret_keys=own))  # type: ignore[arg-type]
    assert "stands in Yikou's public source" in found
