"""Nothing that looks like personal data or a secret reaches the log."""

import pytest

from config.scrubbing import masked, scrub

OPENID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"


@pytest.mark.parametrize(
    "secret",
    [
        "13812345678",
        "+86 13812345678",
        "11010519491231002X",
        OPENID,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "8" * 120,
    ],
)
def test_it_is_masked_in_any_text_and_depth(secret: str) -> None:
    assert secret not in masked(f"call {secret}, please")
    event = scrub(None, "info", {"event": "x", "sent": {"to": [f"<{secret}>"]}})
    assert secret not in str(event)


@pytest.mark.parametrize(
    "text", ["access_token=abc&x=1", "Bearer abc", "{'openid': 'abc'}", "redis://user:abc@host/0"]
)
def test_what_follows_a_telling_word_is_masked(text: str) -> None:
    assert "abc" not in masked(text)


@pytest.mark.parametrize("key", ["phone", "id_number", "access_token", "openid", "wechat_secret"])
def test_a_field_of_a_telling_name_is_masked(key: str) -> None:
    assert scrub(None, "info", {key: "x"}) == {key: "***"}


def test_a_number_that_is_a_phone_is_masked() -> None:
    assert scrub(None, "info", {"n": 13812345678, "ms": 1763900000000})["n"] == "***"


@pytest.mark.parametrize(
    "text",
    [
        "0198f0a2-7b3c-7d4e-8f50-13812345678a",
        "210102001001",
        "/api/v1/cases/<case_id:uuid>",
        "2026-11-23T09:13:13.408585Z",
    ],
)
def test_ids_paths_codes_and_times_stay(text: str) -> None:
    assert masked(text) == text
