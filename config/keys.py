"""The deployment's keys as the settings write them: what signs tokens, what seals personal data.

Read here and not where they are used, so that a start can name every fault of the settings at once.
Raised ValueErrors complete the sentence that begins with the setting's name, and quote no key.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field

KEY_BYTES = {"aes": 32, "sm4": 16}
PUSH_KEY_BYTES = 32
SHORTEST_SECRET = 32  # bytes; RFC 7518, 3.2
_HIGHEST_VERSION = 255  # the version is the first byte of what is sealed


@dataclass(frozen=True)
class DataKey:
    """One key; `version` is written into what it seals, so it is never given to another key."""

    version: int
    algorithm: str
    secret: bytes = field(repr=False)


def read_data_keys(raw: str) -> tuple[DataKey, ...]:
    """Read `version:algorithm:base64key`, comma-separated, newest first; ValueError if unusable."""
    keys = tuple(_data_key(part.strip()) for part in raw.split(","))
    if len({key.version for key in keys}) != len(keys):
        raise ValueError("版本重复 / lists one version twice")
    _refuse_repeats([key.secret for key in keys])
    return keys


def read_secret_keys(raw: str) -> dict[str, str]:
    """Read `kid:secret`, comma-separated, newest first, as kid → secret; ValueError if unusable."""
    keys: dict[str, str] = {}
    for part in raw.split(","):
        kid, _, secret = part.strip().partition(":")
        if not kid or not secret:
            raise ValueError("形如 / must look like kid:secret[,kid:secret]")
        if len(secret.encode()) < SHORTEST_SECRET:
            raise ValueError(
                f"{kid} 的密钥不足 {SHORTEST_SECRET} 字节"
                f" / has a secret under {SHORTEST_SECRET} bytes: that of {kid}"
            )
        if kid in keys:
            raise ValueError(f"{kid} 重复 / lists {kid} twice")
        keys[kid] = secret
    _refuse_repeats(list(keys.values()))
    return keys


def read_push_keys(raw: str) -> list[bytes]:
    """Read the push's EncodingAESKey, or `new,old` during a change; ValueError if unusable."""
    keys = [_decoded(text.strip() + "=") for text in raw.split(",")]
    if any(len(key) != PUSH_KEY_BYTES for key in keys):
        raise ValueError(
            "须为 43 位字母和数字，或两个 / must be 43 letters and digits, or two such"
        )
    _refuse_repeats(keys)
    return keys


def _refuse_repeats(secrets: Sequence[str | bytes]) -> None:
    """A key beside itself is a change of keys that was not made."""
    if len(set(secrets)) != len(secrets):
        raise ValueError("同一密钥出现两次 / lists the same key twice")


def _data_key(part: str) -> DataKey:
    match part.split(":"):
        case [version, algorithm, encoded] if version.isascii() and version.isdecimal():
            pass
        case _:
            raise ValueError("形如 / must look like version:algorithm:base64key")
    if not 1 <= int(version) <= _HIGHEST_VERSION:
        raise ValueError(
            f"版本须在 1 至 {_HIGHEST_VERSION} 之间"
            f" / has a version that is not between 1 and {_HIGHEST_VERSION}"
        )
    if algorithm not in KEY_BYTES:
        raise ValueError(f"版本 {version} 须为 aes 或 sm4 / must name aes or sm4 in it")
    secret = _decoded(encoded)
    if len(secret) != KEY_BYTES[algorithm]:
        raise ValueError(
            f"版本 {version} 须为 {KEY_BYTES[algorithm]} 字节的 base64"
            f" / needs {KEY_BYTES[algorithm]} bytes in base64 for it"
        )
    return DataKey(int(version), algorithm, secret)


def _decoded(text: str) -> bytes:
    """The bytes, or none if it is not base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
