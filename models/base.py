"""What every table shares: time-ordered ids and refusal of unknown fields."""

import os
import time
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def uuid7() -> UUID:
    """A new id that sorts by the millisecond of its making (RFC 9562, 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10))
    high, low = random >> 68, random & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | _VERSION_7 | high << 64 | _VARIANT | low)


class Strict(Model):
    """Unlike Tortoise itself, refuses fields the table does not have."""

    def __init__(self, **values: Any) -> None:
        if unknown := values.keys() - self._meta.fields_map.keys() - {"pk"}:
            raise TypeError(f"{type(self).__name__} has no field {sorted(unknown)}")
        super().__init__(**values)

    class Meta:
        abstract = True


class Record(Strict):
    """A row with an unguessable, time-ordered id."""

    id = fields.UUIDField(primary_key=True, default=uuid7)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        abstract = True
