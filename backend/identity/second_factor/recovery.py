"""Recovery codes: for who has lost the phone with the app; each works once."""

from backend.identity import typed_codes

HOW_MANY = 10


def new() -> list[str]:
    """Codes like `7K2M9-QXA04`."""
    return [typed_codes.new(groups=2, size=5) for _ in range(HOW_MANY)]


def hashed(code: str) -> str:
    """What is kept of one."""
    return typed_codes.hashed("recovery_code", code)
