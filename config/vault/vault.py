"""Sealing and blinding with the deployment's data keys.

Sealed bytes are one byte of key version, a nonce of 12 bytes, ciphertext and tag. The nonce is
random: renew the key before it has sealed 2^32 values (NIST SP 800-38D, 8.3).
"""

import os
from collections.abc import Sequence
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.keys import DataKey, read_data_keys
from config.settings import settings
from config.vault.ciphers import TAG_BYTES, cipher
from config.vault.keyed import Keyed

_NONCE = slice(1, 13)
_NONCE_BYTES = 12
OVERHEAD = _NONCE.stop + TAG_BYTES
"""By how many bytes what is sealed is longer."""


class SealBroken(Exception):
    """Sealed bytes that can't be read: moved elsewhere, changed, or their key is not listed."""


class Vault:
    """Seals with the newest key, reads with all, blinds with the oldest: hashes never change."""

    def __init__(self, keys: Sequence[DataKey]) -> None:
        self._newest = keys[0].version
        self._ciphers = {key.version: cipher(key) for key in keys}
        derivation = HKDF(SHA256(), length=32, salt=None, info=b"yikou blind")
        self._blinding = Keyed(derivation.derive(keys[-1].secret))

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """Encrypt with the newest key; the same context is needed to read it back."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, plain, context.encode())
        return bytes((self._newest,)) + nonce + sealed

    def unseal(self, sealed: bytes, *, context: str) -> bytes:
        """Decrypt with the key that sealed it; SealBroken if not sealed for this context."""
        used = self._ciphers.get(sealed[0]) if sealed else None
        if used is None or len(sealed) < _NONCE.stop:
            raise SealBroken
        try:
            return used.decrypt(sealed[_NONCE], sealed[_NONCE.stop :], context.encode())
        except InvalidTag as error:
            raise SealBroken from error

    def blind(self, kind: str, value: str) -> str:
        """64 hex digits that tell equal values of one kind, and nothing else, without the key."""
        return self._blinding.digest(f"{kind}\0{value}".encode()).hex()


@cache
def current() -> Vault:
    """The deployment's vault."""
    return Vault(read_data_keys(settings().data_keys))


def seal(plain: bytes, *, context: str) -> bytes:
    """Encrypt for the database, bound to `context`, the name of its place ("case:<id>")."""
    return current().seal(plain, context=context)


def unseal(sealed: bytes, *, context: str) -> bytes:
    """Decrypt what was sealed for this context; else SealBroken."""
    return current().unseal(sealed, context=context)


def blind(kind: str, value: str) -> str:
    """The keyed hash (64 hex digits) by which a value, such as an ID number, is found and compared.

    It stays the same while the oldest key of YIKOU_DATA_KEYS stays listed last.
    """
    return current().blind(kind, value)
