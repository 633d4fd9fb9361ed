"""Sealed columns: each value is bound to its row and column, so that none can be moved."""

from uuid import UUID

from config.vault.vault import seal as seal_bytes
from config.vault.vault import unseal as unseal_bytes


def seal(table: str, row: UUID, *, column: str, text: str) -> bytes:
    """The bytes to store in this column of the table's row."""
    return seal_bytes(text.encode(), context=f"{table}:{row}:{column}")


def unseal(table: str, row: UUID, *, column: str, stored: bytes | None) -> str | None:
    """The text that was sealed for this place; None where nothing is stored."""
    if stored is None:
        return None
    return unseal_bytes(bytes(stored), context=f"{table}:{row}:{column}").decode()
