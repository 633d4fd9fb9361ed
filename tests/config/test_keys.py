"""Keys are read from the settings' texts, and faults told without quoting them."""

import base64

import pytest

from config.keys import DataKey, read_data_keys, read_push_keys, read_secret_keys

AES = DataKey(1, "aes", bytes(range(32)))
SM4 = DataKey(3, "sm4", bytes(range(16)))


def setting(*keys: DataKey) -> str:
    return ",".join(
        f"{key.version}:{key.algorithm}:{base64.b64encode(key.secret).decode()}" for key in keys
    )


OLD = "old:" + "o" * 32


def test_keys_are_read_newest_first_and_never_shown() -> None:
    keys = read_data_keys(f" {setting(SM4)}, {setting(AES)} ")

    assert keys == (SM4, AES)
    assert "secret" not in repr(keys)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("", "must look like"),
        ("1", "must look like"),
        ("x:aes:AAAA", "must look like"),
        ("²:aes:AAAA", "must look like"),
        ("0:aes:AAAA", "not between"),
        ("256:aes:AAAA", "not between"),
        ("1:des:AAAA", "must name aes or sm4"),
        ("1:aes:AAAA", "needs 32 bytes"),
        ("1:aes:not base64!", "needs 32 bytes"),
        ("1:aes:不是", "needs 32 bytes"),
        (setting(DataKey(1, "sm4", bytes(32))), "needs 16 bytes"),
        (setting(AES) + ",", "must look like"),
        (setting(AES, DataKey(1, "sm4", bytes(16))), "twice"),
        (setting(AES) + ":more", "must look like"),
    ],
)
def test_unusable_keys_are_refused_in_a_sentence_without_the_key(raw: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        read_data_keys(raw)

    assert "AAAA" not in str(refused.value)


@pytest.mark.parametrize(
    "raw", ["", "kid", "kid:", ":" + "s" * 32, "kid:short", f"{OLD},", f"{OLD},{OLD}"]
)
def test_unusable_keys_are_refused_in_a_sentence_without_the_secret(raw: str) -> None:
    with pytest.raises(ValueError, match=r"must look|has a secret|lists") as refusal:
        read_secret_keys(raw)

    assert "oooo" not in str(refusal.value)
    assert "short" not in str(refusal.value)


@pytest.mark.parametrize("raw", ["short", "A" * 42, "A" * 43 + ",", "A" * 43 + ",不是"])
def test_an_unusable_key_of_the_push_is_refused(raw: str) -> None:
    with pytest.raises(ValueError, match="43 letters and digits"):
        read_push_keys(raw)
