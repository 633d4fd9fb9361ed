"""Messages that WeChat pushes to us: who sent them is proved, what they say brought into one form.

The answer to a push is the plain text `success`, within 5 seconds.
"""

import hmac
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from typing import Any, TypeGuard

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from config.keys import PUSH_KEY_BYTES, read_push_keys
from config.settings import settings
from wechat.documents import PushRefused, read

RANDOM_BYTES = 16
IV_BYTES = 16
HEADER_BYTES = RANDOM_BYTES + 4
WINDOW_SECONDS = 600
"""The digests of pushes must be remembered longer than twice this."""
SENT = "subscribe_msg_sent_event"


@dataclass(frozen=True, kw_only=True)
class PushEvent:
    """A message in one form, whether it came as XML or JSON: all scalars are texts.

    `kind` is the event's name, or the message type; `created` are Unix seconds; `items` are the
    entries of `List`; `digest` is the same for a redelivery.
    """

    kind: str
    sender: str
    created: int
    items: tuple[Mapping[str, str], ...]
    content: Mapping[str, Any] = field(repr=False)
    digest: str


def check_url(query: Mapping[str, str]) -> str:
    """Give the `echostr` to answer with when WeChat checks the URL, or raise PushRefused."""
    _check_signature("signature", query)
    return query.get("echostr", "")


def parse(body: bytes, query: Mapping[str, str], *, now: float) -> PushEvent:
    """Read a push, XML or JSON; raise PushRefused for whatever is not a message from WeChat.

    In compatible and safe mode only the encrypted part counts; in plain mode WeChat signs no body.
    What was signed more than WINDOW_SECONDS from `now` (Unix time) is taken for a replay.
    """
    if settings().wechat_push_mode == "plain":
        _check_signature("signature", query)
        _check_time(query, now)
        return _event(body)
    encrypted = read(body).get("Encrypt")
    if not isinstance(encrypted, str):
        raise PushRefused("not encrypted")
    _check_signature("msg_signature", query, encrypted)
    _check_time(query, now)
    return _event(_decrypt(encrypted))


def _check_signature(name: str, query: Mapping[str, str], *signed: str) -> None:
    if not settings().wechat_push_token:
        raise PushRefused("no token is set, so no signature can be right")
    parts = [settings().wechat_push_token, query.get("timestamp", ""), query.get("nonce", "")]
    text = "".join(sorted([*parts, *signed]))
    expected = sha1(_encoded(text)).hexdigest()  # noqa: S324 - WeChat's choice
    if not hmac.compare_digest(expected.encode(), _encoded(query.get(name, ""))):
        raise PushRefused("wrong signature")


def _check_time(query: Mapping[str, str], now: float) -> None:
    signed_at = query.get("timestamp", "")
    if not re.fullmatch("[0-9]{1,10}", signed_at) or abs(now - int(signed_at)) > WINDOW_SECONDS:
        raise PushRefused("too old or too new")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decrypt(encrypted: str) -> bytes:
    for key in read_push_keys(settings().wechat_push_aes_key):
        # After a change of the key WeChat may still use the one before.
        try:
            return _unpacked(_decrypted(encrypted, key))
        except ValueError:
            continue
    raise PushRefused("cannot be decrypted")


def _decrypted(encrypted: str, key: bytes) -> bytes:
    """AES-CBC with PKCS#7 in blocks of 32 bytes; raise ValueError for anything malformed.

    It authenticates nothing: the signature was checked before.
    """
    ciphertext = b64decode(encrypted, validate=True)
    if not ciphertext or len(ciphertext) % IV_BYTES:
        raise ValueError("not whole blocks")
    decryptor = Cipher(AES(key), CBC(key[:IV_BYTES])).decryptor()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    length = padded[-1]
    most = min(PUSH_KEY_BYTES, len(padded))
    if not 1 <= length <= most or padded[-length:] != bytes([length]) * length:
        raise ValueError("wrong padding")
    return padded[:-length]


def _unpacked(plain: bytes) -> bytes:
    """Take the message out of random + length + message + appid; ValueError if it is not that."""
    length = int.from_bytes(plain[RANDOM_BYTES:HEADER_BYTES], "big")
    message, appid = plain[HEADER_BYTES:][:length], plain[HEADER_BYTES + length :]
    if len(message) != length or appid != settings().wechat_appid.encode():
        raise ValueError("of another app")
    return message


def _event(body: bytes) -> PushEvent:
    content = read(body)
    kind, sender = content.get("MsgType"), content.get("FromUserName")
    if kind == "event":
        kind = content.get("Event")
    created = content.get("CreateTime")
    items = content.get("List", [])
    if not (_is_name(kind) and _is_name(sender)):
        raise PushRefused("no type or sender")
    if not (isinstance(created, str) and re.fullmatch("[0-9]{1,10}", created)):
        raise PushRefused("no time")
    if not all(isinstance(item, dict) and _flat(item) for item in items):
        raise PushRefused("malformed list")
    return PushEvent(
        kind=kind,
        sender=sender,
        created=int(created),
        items=tuple(items),
        content=content,
        digest=_digest(body, kind, items),
    )


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_\-]{1,64}", value) is not None


def _flat(item: dict[str, Any]) -> bool:
    return all(isinstance(value, str) for value in item.values())


def _digest(body: bytes, kind: str, items: list[dict[str, str]]) -> str:
    msgids = [item.get("MsgID") for item in items]
    if kind == SENT and msgids and all(msgids):
        body = f"{kind} {sorted(map(str, msgids))}".encode()
    return sha256(body).hexdigest()
