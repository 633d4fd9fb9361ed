"""The two ciphers personal data may be sealed with: AES-256-GCM, and SM4-GCM (GB/T 39786-2021)."""

from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as Primitive
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from config.keys import DataKey

TAG_BYTES = 16


class Cipher(Protocol):
    """Authenticated encryption; a wrong key, nonce, context or changed byte raises InvalidTag."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The ciphertext followed by a tag of 16 bytes."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """What was encrypted with the same nonce and associated data."""


class Sm4Gcm:
    """SM4 in GCM, in the shape of cryptography's AESGCM, which has no SM4."""

    def __init__(self, secret: bytes) -> None:
        self._algorithm = SM4(secret)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """The ciphertext followed by a tag of 16 bytes."""
        encryptor = Primitive(self._algorithm, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """What was encrypted with the same nonce and associated data; else InvalidTag."""
        if len(data) < TAG_BYTES:
            raise InvalidTag
        decryptor = Primitive(self._algorithm, GCM(nonce, data[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()


def cipher(key: DataKey) -> Cipher:
    """The cipher of this key, to be kept: making one costs more than using it."""
    return AESGCM(key.secret) if key.algorithm == "aes" else Sm4Gcm(key.secret)
