"""The keys of YIKOU_DATA_KEYS: `version:algorithm:base64key`, comma-separated, newest first."""

import base64
import binascii
from dataclasses import dataclass, field

from config.settings import SettingsError

KEY_BYTES = {"aes": 32, "sm4": 16}
_HIGHEST_VERSION = 255  # the version is the first byte of what is sealed


@dataclass(frozen=True)
class DataKey:
    """One key; `version` is written into what it seals, so it is never given to another key."""

    version: int
    algorithm: str
    secret: bytes = field(repr=False)


def read_keys(raw: str) -> tuple[DataKey, ...]:
    """Read the setting, newest first; raise SettingsError in one sentence without any key."""
    keys = tuple(_read_key(part.strip()) for part in raw.split(","))
    if len({key.version for key in keys}) != len(keys):
        raise SettingsError("YIKOU_DATA_KEYS lists one version twice.")
    return keys


def _read_key(part: str) -> DataKey:
    match part.split(":"):
        case [version, algorithm, encoded] if version.isascii() and version.isdecimal():
            pass
        case _:
            raise SettingsError("YIKOU_DATA_KEYS must look like version:algorithm:base64key.")
    if not 1 <= int(version) <= _HIGHEST_VERSION:
        raise SettingsError(f"YIKOU_DATA_KEYS: version {version} is not between 1 and 255.")
    if algorithm not in KEY_BYTES:
        raise SettingsError(f"YIKOU_DATA_KEYS: version {version} must be aes or sm4.")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES[algorithm]:
        raise SettingsError(
            f"YIKOU_DATA_KEYS: version {version} needs {KEY_BYTES[algorithm]} bytes in base64."
        )
    return DataKey(int(version), algorithm, secret)
