"""A person's sealed fields: each is bound to its row and column, so that none can be moved."""

from uuid import UUID

from backend import vault


def seal(owner: str, row: UUID, *, column: str, text: str) -> bytes:
    """The bytes to store in this column of the `owner` table's row."""
    return vault.seal(text.encode(), context=f"{owner}:{row}:{column}")


def unseal(owner: str, row: UUID, *, column: str, stored: bytes | None) -> str | None:
    """The text that was sealed for this place; None where nothing is stored."""
    if stored is None:
        return None
    return vault.unseal(bytes(stored), context=f"{owner}:{row}:{column}").decode()
