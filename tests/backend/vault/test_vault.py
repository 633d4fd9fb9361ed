"""What is sealed comes back only whole, in its place and with its key."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import vault
from backend.vault import signing
from backend.vault.keys import DataKey, read_keys
from backend.vault.vault import SealBroken, Vault
from config.settings import SettingsError, settings

AES = DataKey(1, "aes", bytes(range(32)))
AES_NEWER = DataKey(2, "aes", bytes(range(32, 64)))
SM4 = DataKey(3, "sm4", bytes(range(16)))
VAULTS = {key.algorithm: Vault([key]) for key in (AES, SM4)}

both = pytest.mark.parametrize("algorithm", VAULTS)


def setting(*keys: DataKey) -> str:
    return ",".join(
        f"{key.version}:{key.algorithm}:{base64.b64encode(key.secret).decode()}" for key in keys
    )


@both
@given(plain=st.binary(max_size=300), context=st.text(max_size=40))
def test_what_is_sealed_comes_back(algorithm: str, plain: bytes, context: str) -> None:
    sealed = VAULTS[algorithm].seal(plain, context=context)

    assert VAULTS[algorithm].unseal(sealed, context=context) == plain


@both
@given(plain=st.binary(max_size=60), place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_changed_bit_is_refused(algorithm: str, plain: bytes, place: int, bit: int) -> None:
    sealed = bytearray(VAULTS[algorithm].seal(plain, context="case:1"))
    sealed[place % len(sealed)] ^= 1 << bit

    with pytest.raises(SealBroken):
        VAULTS[algorithm].unseal(bytes(sealed), context="case:1")


@both
@given(cut=st.integers(min_value=0, max_value=38))
def test_a_cut_seal_is_refused(algorithm: str, cut: int) -> None:
    sealed = VAULTS[algorithm].seal(b"0123456789", context="")

    with pytest.raises(SealBroken):
        VAULTS[algorithm].unseal(sealed[:cut], context="")


@both
def test_a_seal_moved_to_another_place_is_refused(algorithm: str) -> None:
    sealed = VAULTS[algorithm].seal("张三".encode(), context="resident:1:name")

    with pytest.raises(SealBroken):
        VAULTS[algorithm].unseal(sealed, context="resident:2:name")


@both
def test_one_value_is_sealed_differently_each_time_and_not_readable(algorithm: str) -> None:
    first, second = (VAULTS[algorithm].seal(b"13800000000", context="") for _ in range(2))

    assert first != second
    assert b"13800000000" not in first


def test_after_rotation_the_old_seal_opens_and_new_ones_carry_the_new_version() -> None:
    old = Vault([AES]).seal(b"old", context="c")
    rotated = Vault([SM4, AES_NEWER, AES])

    assert rotated.unseal(old, context="c") == b"old"
    assert rotated.seal(b"new", context="c")[0] == SM4.version


def test_a_key_no_longer_listed_opens_nothing() -> None:
    sealed = Vault([AES]).seal(b"old", context="c")

    with pytest.raises(SealBroken):
        Vault([AES_NEWER]).unseal(sealed, context="c")


def test_a_key_given_anew_under_an_old_version_opens_nothing() -> None:
    sealed = Vault([AES]).seal(b"old", context="c")

    with pytest.raises(SealBroken):
        Vault([DataKey(AES.version, "aes", bytes(32))]).unseal(sealed, context="c")


def test_blinding_is_stable_under_rotation_and_tells_kinds_and_values_apart() -> None:
    before, after = Vault([AES]), Vault([SM4, AES])

    assert before.blind("id_number", "1") == after.blind("id_number", "1")
    assert len({before.blind(kind, value) for kind in "ab" for value in "ab"}) == 4
    assert before.blind("id_number", "1") != Vault([AES_NEWER]).blind("id_number", "1")
    assert len(before.blind("id_number", "1")) == 64


def test_the_settings_keys_make_a_vault() -> None:
    vault.current.cache_clear()

    assert vault.unseal(vault.seal(b"x", context="c"), context="c") == b"x"
    assert vault.blind("phone", "1") == Vault(read_keys(settings().data_keys)).blind("phone", "1")


def test_keys_are_read_newest_first_and_never_shown() -> None:
    keys = read_keys(f" {setting(SM4)}, {setting(AES)} ")

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
        ("1:des:AAAA", "must be aes or sm4"),
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
    with pytest.raises(SettingsError, match=sentence) as refused:
        read_keys(raw)

    assert "AAAA" not in str(refused.value)


@pytest.mark.parametrize("setting", ["YIKOU_DATA_KEYS", "YIKOU_SECRET_KEYS"])
def test_unusable_keys_are_noticed_at_the_start(
    monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    vault.check()
    monkeypatch.setenv(setting, "1:nonsense")
    caches = (settings, vault.current, signing.keys)
    for cached in caches:
        cached.cache_clear()

    with pytest.raises(SettingsError, match=setting):
        vault.check()

    monkeypatch.undo()
    for cached in caches:
        cached.cache_clear()
