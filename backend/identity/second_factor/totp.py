"""One-time codes by time (RFC 6238): six digits, half a minute each, HMAC-SHA-1 as all apps have.

A library would hide which step a code is of, which is what makes each code good once.
"""

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

ISSUER = "一口办"
STEP_SECONDS = 30
DIGITS = 6
WINDOW = 1
"""So many steps before and after now count: phones' clocks differ, and people type slowly."""
_SECRET_BYTES = 20


def new_secret() -> str:
    """A secret as it is typed into an app: 32 letters and digits of base 32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def step_of(now: datetime) -> int:
    """The half minute that this moment lies in, counted from 1970."""
    return int(now.timestamp()) // STEP_SECONDS


def code(secret: str, step: int) -> str:
    """The code of a step (RFC 4226, 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matched(secret: str, given: str, *, now: datetime, after: int | None) -> int | None:
    """The step of the window whose code was given, if it is later than `after`; None else."""
    nearest = step_of(now)
    found = None
    # All are compared, so that the time taken tells nothing.
    for step in range(nearest - WINDOW, nearest + WINDOW + 1):
        right = hmac.compare_digest(code(secret, step).encode(), given.encode())
        if right and (after is None or step > after):
            found = step
    return found


def uri(secret: str, account: str) -> str:
    """What an authenticator app reads from a QR code."""
    asked = {"secret": secret, "issuer": ISSUER, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{quote(ISSUER)}:{quote(account)}?{urlencode(asked, quote_via=quote)}"
