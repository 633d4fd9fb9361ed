"""The code of a mandate: six digits that the principal tells the agent.

So few are no secret by themselves. One is taken only of an account with the phone number that the
principal named, at most TRIES times and for LASTS; so nobody has more than five of a million.
"""

import secrets
from datetime import timedelta
from hmac import compare_digest
from uuid import UUID

from config import vault

DIGITS = 6
TRIES = 5
LASTS = timedelta(minutes=30)


def new() -> str:
    """A code that nothing tells beforehand."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def hashed(mandate_id: UUID, code: str) -> str:
    """What is kept: under our key, since a million codes are soon tried."""
    return vault.blind("mandate_code", f"{mandate_id} {code}")


def fits(mandate_id: UUID, code: str, kept: str) -> bool:
    """Whether it is this mandate's code; the time taken tells nothing."""
    return compare_digest(hashed(mandate_id, code), kept)
