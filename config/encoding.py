"""JSON as every part writes it."""

from typing import Any
from uuid import UUID

import orjson


def dumps(value: Any) -> bytes:
    """The bytes of a value; ids may be as asyncpg reads them, so nobody has to make others of them.

    They are its own subclass of UUID, which orjson leaves to us. TypeError for what is no JSON.
    """
    return orjson.dumps(value, default=_id)


def loads(content: bytes) -> Any:
    """The value that was written so."""
    return orjson.loads(content)


def _id(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)
