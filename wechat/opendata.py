"""Open data that the mini-program hands over, signed or encrypted with the session key."""

import hmac
import json
from base64 import b64decode
from hashlib import sha1
from typing import Any

from wechat.aes import AES_BLOCK, decrypt


class OpenDataRefused(Exception):
    """The data is not WeChat's, not this app's, or of another session key."""


def signed(raw_data: str, signature: str, *, session_key: str) -> bool:
    """Whether `raw_data` comes from WeChat unchanged."""
    expected = sha1((raw_data + session_key).encode()).hexdigest()  # noqa: S324 - WeChat's choice
    return hmac.compare_digest(expected.encode(), signature.encode())


def decrypted(encrypted: str, iv: str, *, session_key: str, appid: str) -> dict[str, Any]:
    """Open `encryptedData`; raise OpenDataRefused unless its watermark names `appid`."""
    try:
        key, start = b64decode(session_key, validate=True), b64decode(iv, validate=True)
        found = json.loads(decrypt(encrypted, key=key, iv=start, padding=AES_BLOCK))
    except (ValueError, RecursionError):
        found = None
    watermark = found.get("watermark") if isinstance(found, dict) else None
    if not isinstance(watermark, dict) or watermark.get("appid") != appid:
        raise OpenDataRefused("not open data of this app and session")
    return dict(found)
