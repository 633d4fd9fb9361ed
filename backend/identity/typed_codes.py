"""Codes that staff are shown once and type later: invites, and recovery codes."""

import secrets

from config import vault

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none is taken for another


def new(*, groups: int, size: int) -> str:
    """A code like `7K2M-9QXA-04TZ`, of five random bits a letter."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(size)) for _ in range(groups))


def hashed(kind: str, typed: str) -> str:
    """What is kept of one, whatever its case, dashes and blanks: so few bits call for our key."""
    return vault.blind(kind, typed.upper().replace("-", "").replace(" ", ""))
