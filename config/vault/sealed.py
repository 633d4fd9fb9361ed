"""Sealed columns: each value is bound to its row and column, so that none can be moved."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from config import encoding
from config.vault.vault import seal as seal_bytes
from config.vault.vault import unseal as unseal_bytes


def seal(table: str, row: UUID, *, column: str, text: str) -> bytes:
    """The bytes to store in this column of the table's row."""
    return seal_bytes(text.encode(), context=f"{table}:{row}:{column}")


def unseal(table: str, row: UUID | str, *, column: str, stored: bytes | None) -> str | None:
    """The text that was sealed for this place; None where nothing is stored.

    `row` is the row's id, or that as text.
    """
    if stored is None:
        return None
    return unseal_bytes(bytes(stored), context=f"{table}:{row}:{column}").decode()


def seal_json(table: str, row: UUID, *, column: str, value: Mapping[str, Any]) -> bytes | None:
    """The same for an object; None where it is empty, as nothing is to be stored then."""
    if not value:
        return None
    return seal(table, row, column=column, text=encoding.dumps(value).decode())


def unseal_json(table: str, row: UUID | str, *, column: str, stored: bytes | None) -> Any:
    """The object that was sealed for this place; empty where nothing is stored."""
    text = unseal(table, row, column=column, stored=stored)
    return orjson.loads(text) if text else {}
