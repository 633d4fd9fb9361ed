"""Signing and encrypting what WeChat pushes (wechat.md 5)."""

import base64
import hashlib
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


def signature(*parts: str) -> str:
    """Sign as WeChat does: the SHA-1 of the sorted parts, token, timestamp, nonce and so on."""
    # SHA-1 is WeChat's choice; it is no secret's only guard here.
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def encrypt(message: str, *, appid: str, aes_key: str, salt: str = "") -> str:
    """Encrypt to the text of `Encrypt`; `salt` is 16 random ASCII characters."""
    raw = message.encode()
    plain = (salt or secrets.token_hex(8)).encode() + struct.pack(">I", len(raw)) + raw
    plain += appid.encode()
    pad = BLOCK - len(plain) % BLOCK
    cipher = _cipher(aes_key).encryptor()
    return base64.b64encode(cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()).decode()


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
