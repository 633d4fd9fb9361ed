"""What every table shares: time-ordered ids and refusal of unknown fields."""

import os
import time
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from config import ids

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_SEQUENCE_BITS = 12


class _Ticks:
    """Milliseconds with a number of 12 bits behind them: each tick is greater than the last."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> tuple[int, int]:
        now = time.time_ns() // 1_000_000 << _SEQUENCE_BITS
        self._last = max(now, self._last + 1)
        return self._last >> _SEQUENCE_BITS, self._last & (1 << _SEQUENCE_BITS) - 1


_ticks = _Ticks()


def uuid7() -> UUID:
    """A new id with 62 random bits; a process's ids sort in the order of their making.

    RFC 9562, 5.7 and 6.2, method 1: a counter within the millisecond.
    """
    milliseconds, number = _ticks.next()
    random = int.from_bytes(os.urandom(8)) >> 2
    value = milliseconds << 80 | _VERSION_7 | number << 64 | _VARIANT | random
    return ids.made(value.to_bytes(16))


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
    created_at = fields.DatetimeField()

    class Meta:
        abstract = True
