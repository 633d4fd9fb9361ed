"""AES-CBC with PKCS#7 as WeChat uses it, once with blocks of 16 bytes and once of 32."""

from base64 import b64decode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

AES_BLOCK = 16


def decrypt(encrypted: str, *, key: bytes, iv: bytes, padding: int) -> bytes:
    """Decrypt base64 text padded to `padding` bytes; raise ValueError for anything malformed.

    Nothing here is authenticated: check a signature first, or what is inside afterwards.
    """
    ciphertext = b64decode(encrypted, validate=True)
    if not ciphertext or len(ciphertext) % AES_BLOCK:
        raise ValueError("not whole blocks")
    decryptor = Cipher(AES(key), CBC(iv)).decryptor()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    length = padded[-1]
    if not 1 <= length <= min(padding, len(padded)) or padded[-length:] != bytes([length]) * length:
        raise ValueError("wrong padding")
    return padded[:-length]
