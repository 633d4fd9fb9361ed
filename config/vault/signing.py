"""Short-lived signed tokens (JWT, HS256): proof that we said something, readable by anyone.

The keys come from YIKOU_SECRET_KEYS, `kid:secret[,kid:secret…]`: the first signs, all verify.
"""

import json
import time
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import jwt
from jwt.utils import base64url_decode

from config.keys import read_secret_keys
from config.settings import settings

_ISSUER = "yikou"
_ALGORITHM = "HS256"
_REMEMBERED = 8192


class TokenInvalid(Exception):
    """It was not signed by us for this audience."""


class TokenExpired(Exception):
    """It was signed by us, and its time is over."""


def sign(claims: Mapping[str, str], *, audience: str, seconds: int) -> str:
    """A token with these claims that `verify` takes for this audience and so many seconds."""
    kid, secret = next(iter(keys().items()))
    now = int(time.time())
    payload = {**claims, "iss": _ISSUER, "aud": audience, "iat": now, "exp": now + seconds}
    return jwt.encode(payload, secret, _ALGORITHM, headers={"kid": kid})


def verify(token: str, *, audience: str) -> Mapping[str, Any]:
    """The claims of a token we signed for this audience; else TokenInvalid or TokenExpired.

    A signature is computed once per process and token, the expiry is looked at each time.
    """
    claims = _verified(token, audience)
    if claims["exp"] <= time.time():
        raise TokenExpired
    return claims


@cache
def keys() -> dict[str, str]:
    """The deployment's keys, key id → secret."""
    return read_secret_keys(settings().secret_keys)


@lru_cache(maxsize=64)
def _kid(header: str) -> str:
    """The key id in a token's header, which all tokens of one key have in common."""
    kid: str = json.loads(base64url_decode(header))["kid"]
    return kid


@lru_cache(maxsize=_REMEMBERED)
def _verified(token: str, audience: str) -> Mapping[str, Any]:
    try:
        secret = keys()[_kid(token.partition(".")[0])]
        claims: Mapping[str, Any] = jwt.decode(
            token,
            secret,
            [_ALGORITHM],
            audience=audience,
            issuer=_ISSUER,
            # the clocks of two machines differ, and the expiry is checked at each use
            options={"require": ["exp"], "verify_exp": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise TokenInvalid from error
    return claims
