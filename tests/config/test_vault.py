"""What is sealed comes back only whole, in its place and with its key."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import vault
from config.keys import DataKey, read_data_keys
from config.settings import settings
from config.vault.keyed import Keyed
from config.vault.vault import SealBroken, Vault

AES = DataKey(1, "aes", bytes(range(32)))
AES_NEWER = DataKey(2, "aes", bytes(range(32, 64)))
SM4 = DataKey(3, "sm4", bytes(range(16)))
VAULTS = {key.algorithm: Vault([key]) for key in (AES, SM4)}

both = pytest.mark.parametrize("algorithm", VAULTS)


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
    assert vault.blind("phone", "1") == Vault(read_data_keys(settings().data_keys)).blind(
        "phone", "1"
    )


@given(key=st.binary(max_size=200), messages=st.lists(st.binary(max_size=200), max_size=3))
def test_a_keyed_hash_is_the_one_of_the_standard_for_each_message(
    key: bytes, messages: list[bytes]
) -> None:
    keyed = Keyed(key)

    for message in messages:
        assert keyed.digest(message) == hmac.digest(key, message, "sha256")
