"""Short-lived signed tokens (JWT, HS256): proof that we said something, readable by anyone.

The keys come from YIKOU_SECRET_KEYS, `kid:secret[,kid:secret…]`: the first signs, all verify.
PyJWT signs. What comes back with each request is verified here in a few lines: PyJWT, made for
keys and algorithms of all kinds, needs ten times as long for it.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from hmac import compare_digest
from typing import Any

import jwt
import orjson
from jwt.utils import base64url_decode

from config.keys import read_secret_keys
from config.settings import settings
from config.vault.keyed import Keyed

_ISSUER = "yikou"
_ALGORITHM = "HS256"


class TokenInvalid(Exception):
    """It was not signed by us for this audience."""


class TokenExpired(Exception):
    """It was signed by us, and its time is over."""


def sign(claims: Mapping[str, str], *, audience: str, seconds: int, now: datetime) -> str:
    """A token with these claims that `verify` takes for this audience and so many seconds."""
    kid, secret = next(iter(keys().items()))
    issued = int(now.timestamp())
    times = {"iat": issued, "exp": issued + seconds}
    payload = {**claims, "iss": _ISSUER, "aud": audience, **times}
    return jwt.encode(payload, secret, _ALGORITHM, headers={"kid": kid})


def verify(token: str, *, audience: str, now: datetime) -> Mapping[str, Any]:
    """The claims of a token we signed for this audience; else TokenInvalid or TokenExpired."""
    try:
        claims: Mapping[str, Any] = _signed(token)
        ours = claims["iss"] == _ISSUER and claims["aud"] == audience
        expired = claims["exp"] <= now.timestamp()
    except (LookupError, TypeError, ValueError) as error:
        raise TokenInvalid from error
    if not ours:
        raise TokenInvalid
    if expired:
        raise TokenExpired
    return claims


@cache
def keys() -> dict[str, str]:
    """The deployment's keys, key id → secret."""
    return read_secret_keys(settings().secret_keys)


def _signed(token: str) -> Any:
    """What a token says, once its signature is found to be ours (RFC 7515, 5.2)."""
    return _read(token, keys()[_kid(token.partition(".")[0])])


@lru_cache(maxsize=4096)
def _read(token: str, secret: str) -> Any:
    """The same, kept for a while: who asks once mostly asks again. What is none is never kept."""
    said, _, signature = token.rpartition(".")
    expected = _keyed(secret).digest(said.encode())
    if not compare_digest(expected, base64url_decode(signature)):
        raise ValueError("signature")
    return orjson.loads(base64url_decode(said.partition(".")[2]))


@lru_cache(maxsize=64)
def _keyed(secret: str) -> Keyed:
    return Keyed(secret.encode())


@lru_cache(maxsize=64)
def _kid(header: str) -> str:
    """The key id in a token's header, which all tokens of one key have in common."""
    told = orjson.loads(base64url_decode(header))
    if told["alg"] != _ALGORITHM or "crit" in told:
        raise ValueError("algorithm")
    kid: str = told["kid"]
    return kid
