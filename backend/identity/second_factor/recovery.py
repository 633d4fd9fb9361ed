"""Recovery codes: for who has lost the phone with the app; each works once."""

import secrets

from config import vault

HOW_MANY = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none is taken for another
_LENGTH = 10


def new() -> list[str]:
    """Codes like `7K2M9-QXA04`."""
    found = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(HOW_MANY)]
    return [f"{each[: _LENGTH // 2]}-{each[_LENGTH // 2 :]}" for each in found]


def hashed(code: str) -> str:
    """What is kept of one; case and dashes do not matter, 50 bits call for a keyed hash."""
    return vault.blind("recovery_code", code.upper().replace("-", "").replace(" ", ""))
