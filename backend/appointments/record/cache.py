"""What rarely changes, kept by each process for a short while instead of read at each booking."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """At most `most` loaded values, each for `seconds`; the least used goes first.

    What `load` raises is raised to the caller and not kept.
    """

    def __init__(
        self, load: Callable[[K], Awaitable[V]], *, most: int = 10_000, seconds: float = 60
    ) -> None:
        self._load = load
        self._most = most
        self._seconds = seconds
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()

    async def get(self, key: K) -> V:
        """The value, at most `seconds` old."""
        if (found := self._kept.get(key)) is not None and found[0] > time.monotonic():
            self._kept.move_to_end(key)
            return found[1]
        value = await self._load(key)
        self._kept[key] = (time.monotonic() + self._seconds, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value
